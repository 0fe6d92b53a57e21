using Microsoft.Extensions.Configuration;
using StackExchange.Redis;

namespace ChatModels.ServiceDefaults.Redis;

/// <summary>The connection string and the key it came from. Its value may hold a password and is never printed, not even in part.</summary>
internal sealed record RedisConnectionString(string Key, string Value)
{
    public const string SectionName = "Aspire:StackExchange:Redis";
    public const string ConnectionName = "redis";

    private const string Cure = "give host:port, further options after commas: localhost:6379,password=...,ssl=true";

    /// <summary>The order in which Aspire's client looks, so that both flavours find the same one.</summary>
    private static readonly string[] Keys =
        [$"ConnectionStrings:{ConnectionName}", $"{SectionName}:{ConnectionName}:ConnectionString", $"{SectionName}:ConnectionString"];

    public static RedisConnectionString? Find(IConfiguration configuration) =>
        Keys.Where(key => configuration[key] is not null)
            .Select(key => new RedisConnectionString(key, configuration[key]!))
            .FirstOrDefault() is { } found && !string.IsNullOrWhiteSpace(found.Value) ? found : null;

    public ConfigurationOptions Parse()
    {
        if (Value.Contains("://", StringComparison.Ordinal))
        {
            throw Unusable($"is a URL; {Cure}");
        }

        if (HasEndPointAfterOption())
        {
            throw Unusable("has a host after an option, or a comma inside a value; put hosts first, and a password that contains a comma into "
                + $"{SectionName}:ConfigurationOptions:Password");
        }

        return ParseOrNull() is { EndPoints.Count: > 0 } options ? options : throw Unusable($"can't be read; {Cure}");
    }

    // StackExchange.Redis takes the rest of a password behind its comma for one more host, and names it in its logs.
    private bool HasEndPointAfterOption() => Value
        .Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries)
        .SkipWhile(part => !part.Contains('='))
        .Any(part => !part.Contains('='));

    private ConfigurationOptions? ParseOrNull()
    {
        try
        {
            return ConfigurationOptions.Parse(Value);
        }
        catch (Exception exception) when (exception is ArgumentException or FormatException or OverflowException)
        {
            return null; // The exception quotes the value: it must not become the inner one.
        }
    }

    private InvalidOperationException Unusable(string reason) => new($"{Key} {reason}.");

    public override string ToString() => Key;
}
