using System.Buffers;

namespace ChatModels.Api.Bodies;

internal static class JsonPath
{
    private const int LongestName = 64;

    private static readonly SearchValues<char> Plain = SearchValues.Create("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_-");

    /// <summary><c>$.headers</c>, or <c>$['odd name']</c>; long names are cut.</summary>
    public static string Field(string path, string name)
    {
        var shown = name.Length <= LongestName ? name : $"{name[..LongestName]}...";
        return name.Length is > 0 and <= LongestName && !name.AsSpan().ContainsAnyExcept(Plain) ? $"{path}.{name}" : $"{path}['{shown}']";
    }
}
