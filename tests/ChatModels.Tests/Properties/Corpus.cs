using ChatModels.Testing;

namespace ChatModels.Tests.Properties;

/// <summary>What mutation begins with: good and bad inputs kept as files. An input that once broke something goes there too, so that it is tried first for ever.</summary>
internal static class Corpus
{
    public static IReadOnlyList<byte[]> Read(string kind) =>
        [.. Directory.EnumerateFiles(Path.Combine(Repository.Root, "tests/ChatModels.Tests/Properties/Corpus", kind)).Order(StringComparer.Ordinal).Select(File.ReadAllBytes)];

    /// <summary>A new one each time, or the one that is to be repeated.</summary>
    public static int Seed { get; } = int.TryParse(Environment.GetEnvironmentVariable("CHATMODELS_SEED"), out var seed) ? seed : Random.Shared.Next();
}
