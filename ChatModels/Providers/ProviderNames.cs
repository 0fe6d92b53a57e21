using System.Text.RegularExpressions;

namespace ChatModels.Providers;

internal static partial class ProviderNames
{
    public const string Grammar = "[a-z0-9][a-z0-9-]{0,62}";

    public static bool IsValid(string name) => Whole().IsMatch(name);

    [GeneratedRegex($@"\A{Grammar}\z", RegexOptions.CultureInvariant)]
    private static partial Regex Whole();
}
