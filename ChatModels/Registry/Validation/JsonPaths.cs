using System.Text.RegularExpressions;

namespace ChatModels.Registry.Validation;

/// <summary>Writes JSON paths.</summary>
internal static partial class JsonPaths
{
    /// <summary>The member of an object: <c>.name</c>, or <c>['x-y']</c> where the dot can't say it.</summary>
    public static string Member(string path, string name) =>
        Plain().IsMatch(name) ? $"{path}.{name}" : $"{path}['{EntityNames.Shown(name).Replace("'", "\\'", StringComparison.Ordinal)}']";

    [GeneratedRegex(@"\A[A-Za-z_][A-Za-z0-9_]*\z")]
    private static partial Regex Plain();
}
