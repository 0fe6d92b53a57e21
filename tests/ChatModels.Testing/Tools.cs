using Xunit;

namespace ChatModels.Testing;

public static class Tools
{
    public static string? Find(string name)
    {
        var folders = (Environment.GetEnvironmentVariable("PATH") ?? "").Split(Path.PathSeparator, StringSplitOptions.RemoveEmptyEntries);
        return folders.Select(folder => Path.Combine(folder, name)).FirstOrDefault(File.Exists);
    }

    /// <summary>The tool's path; without it the running test is skipped, or fails where CHATMODELS_REQUIRE_ALL=1 forbids skipping.</summary>
    public static string Require(string name)
    {
        var path = Find(name);
        if (path is null)
        {
            SkipOrFail($"{name} is not on the PATH; install it to run this test.");
        }

        return path!;
    }

    public static void SkipOrFail(string reason)
    {
        if (Environment.GetEnvironmentVariable("CHATMODELS_REQUIRE_ALL") == "1")
        {
            Assert.Fail($"{reason} (CHATMODELS_REQUIRE_ALL=1 does not let it be skipped.)");
        }

        Assert.Skip(reason);
    }

    /// <summary>The dotnet command that runs this test.</summary>
    public static string DotNet => Environment.GetEnvironmentVariable("DOTNET_HOST_PATH") is { Length: > 0 } host ? host : Require("dotnet");
}
