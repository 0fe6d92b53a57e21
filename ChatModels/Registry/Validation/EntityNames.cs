using System.Text.RegularExpressions;
using ChatModels.Registry.Stores;

namespace ChatModels.Registry.Validation;

/// <summary>The grammar of names.</summary>
internal static partial class EntityNames
{
    private const int MaxModelLength = 128;

    public static bool IsProvider(string? name) => name is not null && ProviderPattern().IsMatch(name);

    /// <summary>A name that a request can ask for.</summary>
    public static bool IsModel(string? name) => name is not null && ModelPattern().IsMatch(name);

    /// <summary>A name that a request can ask for.</summary>
    public static bool IsModel(ReadOnlySpan<char> name) => ModelPattern().IsMatch(name);

    /// <summary><c>prefix/*</c>: stands for every name that begins with the prefix.</summary>
    public static bool IsWildcard(string? name) =>
        name is { Length: <= MaxModelLength } && LooksWild(name) && ModelPattern().IsMatch(name[..^2]);

    /// <summary>Tells a wildcard from a plain name where the grammar is known to hold.</summary>
    public static bool LooksWild(string name) => name.EndsWith("/*", StringComparison.Ordinal);

    /// <summary>A sentence that says what is wrong with an entity's name; null when nothing is.</summary>
    public static string? Mistake(EntityKind kind, string? name) => kind switch
    {
        EntityKind.Provider when !IsProvider(name) =>
            $"'{Shown(name)}' is no provider name; use 1 to 63 lower-case letters, digits and '-', beginning with a letter or digit.",
        EntityKind.Model when !IsModel(name) && !IsWildcard(name) =>
            $"'{Shown(name)}' is no model name; use 1 to 128 letters, digits and any of ._:/@+- beginning with a letter or digit, or 'prefix/*'.",
        _ => null,
    };

    /// <summary>A name from outside, short enough for a message.</summary>
    public static string Shown(string? name) => name is { Length: > MaxModelLength } ? $"{name.AsSpan(0, MaxModelLength)}..." : name ?? "";

    [GeneratedRegex(@"\A[a-z0-9][a-z0-9-]{0,62}\z")]
    private static partial Regex ProviderPattern();

    [GeneratedRegex(@"\A[A-Za-z0-9][A-Za-z0-9._:/@+-]{0,127}\z")]
    private static partial Regex ModelPattern();
}
