using ChatModels.Registry.Stores;
using ChatModels.Registry.Writing;

namespace ChatModels.Registry.Validation;

/// <summary>Refuses to delete what others still name.</summary>
internal static class DependencyRules
{
    private const int MostNamed = 10;

    /// <summary>The error code and the sentence for an entity that can't be deleted; null when it can.</summary>
    public static (string Code, string Message)? Check(EntityChange entity, ProposedRegistry registry)
    {
        var (code, users, relation) = entity.Kind == EntityKind.Provider
            ? (ErrorCodes.ProviderInUse, Using(registry, m => m.Config.Deployments.Any(d => d?.Provider == entity.Id)), "is used by")
            : (ErrorCodes.ModelInUse, Using(registry, m => m.Config.Fallbacks.Contains(entity.Id)), "is a fallback of");
        if (users.Count > 0)
        {
            return (code, $"The {Noun(entity.Kind)} '{entity.Id}' {relation} {Listed(users)}; change or delete these first.");
        }

        // Written by a newer version: what such a model names can't be known here, and a dangling reference would be refused by those who can read it.
        var unread = Using(registry, m => m.Raw is not null);
        return unread.Count > 0
            ? (code, $"The {Noun(entity.Kind)} '{entity.Id}' may be used by {Listed(unread)}, which this process can't read; delete it through a newer process.")
            : null;
    }

    private static List<string> Using(ProposedRegistry registry, Func<ModelEntry, bool> uses) =>
        [.. registry.UntouchedModels.Where(uses).Select(m => m.Id).Order(StringComparer.Ordinal)];

    private static string Noun(EntityKind kind) => kind == EntityKind.Provider ? "provider" : "model";

    private static string Listed(List<string> ids) =>
        $"the {(ids.Count == 1 ? "model" : "models")} {string.Join(", ", ids.Take(MostNamed).Select(id => $"'{id}'"))}{(ids.Count > MostNamed ? $" and {ids.Count - MostNamed} more" : "")}";
}
