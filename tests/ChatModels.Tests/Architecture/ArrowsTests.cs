using System.Text.RegularExpressions;
using System.Xml.Linq;
using Xunit;

namespace ChatModels.Tests.Architecture;

/// <summary>Who may know whom. The rules are held against the sources, which say more than the compiled types: also what is only used inside a method.</summary>
public sealed partial class ArrowsTests
{
    internal static readonly string Root = FindRoot();

    [Theory]
    [InlineData("Registry", "Chat", "Batches")]
    [InlineData("Providers", "Registry", "Chat", "Batches")]
    [InlineData("Secrets", "Registry", "Providers", "Chat", "Batches")]
    [InlineData("Security", "Registry", "Providers", "Chat", "Batches")]
    [InlineData("Telemetry", "Registry", "Providers", "Chat", "Batches", "Secrets")]
    public void AFolderOfTheLibrary_KnowsNothingOf(string folder, params string[] unknown)
    {
        var offences =
            from file in Directory.EnumerateFiles(Path.Combine(Root, "ChatModels", folder), "*.cs", SearchOption.AllDirectories)
            from Match mention in Mention().Matches(File.ReadAllText(file))
            where unknown.Contains(mention.Groups[1].Value)
            select $"{Path.GetRelativePath(Root, file)}: {mention.Value}";

        Assert.Empty(offences);
    }

    [Fact]
    public void TheLibrary_KnowsNeitherAspNetCoreNorAspire()
    {
        var names = typeof(ChatModelsException).Assembly.GetReferencedAssemblies().Select(a => a.Name!);

        Assert.DoesNotContain(names, name => name.StartsWith("Microsoft.AspNetCore", StringComparison.Ordinal) || name.StartsWith("Aspire", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("ChatModels")]
    [InlineData("ChatModels.ServiceDefaults")]
    [InlineData("ChatModels.Api", "ChatModels", "ChatModels.ServiceDefaults")]
    [InlineData("ChatModels.Worker", "ChatModels", "ChatModels.ServiceDefaults")]
    [InlineData("ChatModels.AppHost", "ChatModels.Api", "ChatModels.Worker")]
    public void AProject_ReferencesExactly(string project, params string[] others)
    {
        var references = XDocument.Load(Path.Combine(Root, project, $"{project}.csproj")).Descendants("ProjectReference")
            .Select(r => r.Attribute("Include")?.Value).OfType<string>().Select(path => Path.GetFileNameWithoutExtension(path.Replace('\\', '/'))).Order();

        Assert.Equal(others.Order(), references);
    }

    private static string FindRoot()
    {
        var folder = new DirectoryInfo(AppContext.BaseDirectory);
        while (!File.Exists(Path.Combine(folder.FullName, "ChatModels.Aspire.sln")))
        {
            folder = folder.Parent ?? throw new InvalidOperationException($"ChatModels.Aspire.sln is in no folder above {AppContext.BaseDirectory}.");
        }

        return folder.FullName;
    }

    [GeneratedRegex(@"\bChatModels\.(Registry|Providers|Chat|Batches|Secrets|Telemetry)\b")]
    private static partial Regex Mention();
}
