using System.Text.RegularExpressions;

namespace ChatModels.Registry.Validation;

/// <summary>Tells which names stand for secrets, and how secrets may be named.</summary>
internal static partial class SecretWords
{
    private static readonly string[] Telling = ["key", "token", "secret", "password", "passwd", "pwd", "auth", "credential", "signature", "cookie"];
    private static readonly string[] Exact = ["sig", "sas", "code", "pass"];

    /// <summary>Whether something of this name (a header, a query parameter) carries a secret as its value.</summary>
    public static bool Carries(string name) =>
        Array.Exists(Telling, part => name.Contains(part, StringComparison.OrdinalIgnoreCase))
        || Array.Exists(Exact, whole => name.Equals(whole, StringComparison.OrdinalIgnoreCase));

    /// <summary>Whether a secret can be looked up by this name: in configuration, in the environment, and as the name of a file.</summary>
    public static bool IsName(string? name) => name is not null && NamePattern().IsMatch(name);

    [GeneratedRegex(@"\A[A-Za-z0-9_][A-Za-z0-9._-]{0,126}\z")]
    private static partial Regex NamePattern();
}
