using System.Globalization;
using System.Reflection;
using System.Text;
using Microsoft.Extensions.Logging;

namespace ChatModels.Testing;

/// <summary>One event that a program may log, as its <c>[LoggerMessage]</c> says.</summary>
public sealed record LogEvent(int Id, LogLevel Level, string Message, string Category)
{
    /// <summary>Every event of an assembly, by id.</summary>
    public static IReadOnlyList<LogEvent> Of(Assembly assembly)
    {
        ArgumentNullException.ThrowIfNull(assembly);
        return
        [
            .. from type in assembly.GetTypes()
               from method in type.GetMethods(BindingFlags.Instance | BindingFlags.Static | BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.DeclaredOnly)
               let message = method.GetCustomAttribute<LoggerMessageAttribute>()
               where message is not null
               orderby message.EventId
               select new LogEvent(message.EventId, message.Level, message.Message, type.FullName!),
        ];
    }
}

/// <summary>The numbers of log events: each feature has a range, so that an id alone says where to look.</summary>
public static class LogCatalogue
{
    public static IReadOnlyList<(string Namespace, string Feature, int First, int Last)> Ranges { get; } =
    [
        ("ChatModels.Registry", "Registry", 1000, 1999),
        ("ChatModels.Providers", "Providers", 2000, 2999),
        ("ChatModels.Chat", "Chat", 3000, 3999),
        ("ChatModels.Batches", "Batches", 4000, 4999),
        ("ChatModels.Api", "Api", 5000, 5999),
        ("ChatModels.ServiceDefaults", "Service defaults", 6000, 6999),
    ];

    public static string Write(IReadOnlyCollection<LogEvent> events)
    {
        ArgumentNullException.ThrowIfNull(events);
        var page = new StringBuilder("""
            # Log events

            Every line that ChatModels logs has one of these ids. They are stable: an id is never given to another event, and a feature keeps its range. `{Names}` are fields
            of the structured log; none holds a prompt, a completion or a key. Written from the code by a test; after a change to it: `CHATMODELS_WRITE_DOCS=1 dotnet test --project tests/ChatModels.Api.Tests`.

            """);
        foreach (var (space, feature, first, last) in Ranges)
        {
            page.Append(CultureInfo.InvariantCulture, $"\n## {feature}: {first} to {last}\n\n| id | level | says | category |\n|---|---|---|---|\n");
            foreach (var one in events.Where(e => IsIn(space, e.Category)).OrderBy(e => e.Id))
            {
                page.Append(CultureInfo.InvariantCulture, $"| {one.Id} | {one.Level} | {one.Message.Replace("|", "\\|", StringComparison.Ordinal)} | `{one.Category}` |\n");
            }
        }

        return page.ToString().ReplaceLineEndings("\n");
    }

    public static bool IsIn(string space, string category)
    {
        ArgumentNullException.ThrowIfNull(space);
        ArgumentNullException.ThrowIfNull(category);
        return category.StartsWith(space + ".", StringComparison.Ordinal);
    }
}
