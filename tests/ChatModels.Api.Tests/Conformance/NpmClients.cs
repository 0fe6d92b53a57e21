using System.Security.Cryptography;
using ChatModels.Testing;
using Xunit;

namespace ChatModels.Api.Tests.Conformance;

/// <summary>The npm packages of the lock file, installed once into artifacts/, and the scripts beside them.</summary>
public sealed class NpmClients : IDisposable
{
    private const int OldestNode = 20;
    private static readonly TimeSpan Long = TimeSpan.FromMinutes(3);
    private static readonly string Sources = Path.Combine(Repository.Root, "tests/ChatModels.Api.Tests/Conformance/npm");
    private readonly SemaphoreSlim _installing = new(1);

    /// <summary>Runs a script to its end, and gives the lines that it wrote.</summary>
    public async Task<IReadOnlyList<string>> RunAsync(string script, Uri api, string model, CancellationToken cancellationToken)
    {
        var node = Tools.Require("node");
        var directory = await InstallAsync(cancellationToken);
        await using var process = TestProcess.Start(node, [Path.Combine(directory, script)], start =>
        {
            start.WorkingDirectory = directory;
            start.Environment["CHATMODELS_ADDRESS"] = api.GetLeftPart(UriPartial.Authority);
            start.Environment["CHATMODELS_MODEL"] = model;
        });
        var code = await process.WaitForExitAsync(TimeSpan.FromMinutes(1), cancellationToken);
        Assert.True(code == 0, $"{script} ended with exit code {code}:\n{string.Join('\n', process.Lines)}");
        return process.Lines;
    }

    public void Dispose() => _installing.Dispose();

    private async Task<string> InstallAsync(CancellationToken cancellationToken)
    {
        var npm = Tools.Require("npm");
        await RequireNodeAsync(cancellationToken);
        await _installing.WaitAsync(cancellationToken);
        try
        {
            var hash = Convert.ToHexStringLower(SHA256.HashData(await File.ReadAllBytesAsync(Path.Combine(Sources, "package-lock.json"), cancellationToken)))[..16];
            var directory = Path.Combine(Repository.Root, "artifacts/conformance", hash);
            Directory.CreateDirectory(directory);
            foreach (var file in Directory.EnumerateFiles(Sources))
            {
                File.Copy(file, Path.Combine(directory, Path.GetFileName(file)), overwrite: true);
            }

            await InstallAsync(npm, directory, cancellationToken);
            return directory;
        }
        finally
        {
            _installing.Release();
        }
    }

    private static async Task InstallAsync(string npm, string directory, CancellationToken cancellationToken)
    {
        var done = Path.Combine(directory, "installed");
        if (File.Exists(done))
        {
            return;
        }

        await using var process = TestProcess.Start(npm, ["ci", "--ignore-scripts", "--no-audit", "--no-fund", "--loglevel", "error"], start => start.WorkingDirectory = directory);
        if (await process.WaitForExitAsync(Long, cancellationToken) != 0)
        {
            Tools.SkipOrFail($"npm could not install the clients: {string.Join(' ', process.Lines)}");
        }

        await File.WriteAllTextAsync(done, "", cancellationToken);
    }

    private static async Task RequireNodeAsync(CancellationToken cancellationToken)
    {
        await using var process = TestProcess.Start(Tools.Require("node"), ["--version"]);
        await process.WaitForExitAsync(cancellationToken: cancellationToken);
        var version = process.Lines.FirstOrDefault(line => line.StartsWith('v')) ?? "";
        if (!int.TryParse(version.TrimStart('v').Split('.')[0], out var major) || major < OldestNode)
        {
            Tools.SkipOrFail($"node is {version}; the clients need {OldestNode} or newer.");
        }
    }
}
