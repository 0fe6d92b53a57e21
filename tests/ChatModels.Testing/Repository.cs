namespace ChatModels.Testing;

/// <summary>The sources that this test was built from.</summary>
public static class Repository
{
    public static string Root { get; } = Find();

    public static string Read(string path) => File.ReadAllText(Path.Combine(Root, path)).ReplaceLineEndings("\n");

    private static string Find()
    {
        var folder = new DirectoryInfo(AppContext.BaseDirectory);
        while (!File.Exists(Path.Combine(folder.FullName, "ChatModels.Aspire.sln")))
        {
            folder = folder.Parent ?? throw new InvalidOperationException($"ChatModels.Aspire.sln is in no folder above {AppContext.BaseDirectory}.");
        }

        return folder.FullName;
    }
}
