using System.Text.RegularExpressions;

namespace ChatModels.Batches.Files;

/// <summary>Which ids a file store takes: they become names of files and parts of keys.</summary>
internal static partial class FileIds
{
    public static string Checked(string id) => Pattern().IsMatch(id) ? id : throw new ArgumentException($"'{id}' can't be the id of a file.", nameof(id));

    public static bool IsValid(string id) => Pattern().IsMatch(id);

    [GeneratedRegex(@"\A[A-Za-z0-9_-]{1,100}\z")]
    private static partial Regex Pattern();
}
