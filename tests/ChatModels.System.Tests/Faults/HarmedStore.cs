using System.Net.Sockets;
using ChatModels.Testing;

namespace ChatModels.System.Tests.Faults;

/// <summary>A store whose data can be copied and exchanged, and that has every write on disk before it acknowledges it.</summary>
internal sealed class HarmedStore(StoreKind kind) : StoreServer(new())
{
    // Garnet 2.2.8 blocks a thread of its pool for each acknowledgement that it owes, and what ends the wait needs one too: with the two threads that two cores give, it stands still.
    private const int GarnetThreads = 128;

    private string? _data;

    private string Data => _data ?? throw new InvalidOperationException("The store was never started.");

    public static async Task<HarmedStore> StartAsync(StoreKind kind, CancellationToken cancellationToken)
    {
        var store = new HarmedStore(kind);
        await store.BootAsync(cancellationToken);
        return store;
    }

    /// <summary>What it says for itself when others wait for it in vain.</summary>
    public async Task<string> StandingAsync()
    {
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(3));
        try
        {
            return await AnswersAsync(limit.Token) ? "The store answers." : "The store answers something else than it should.";
        }
        catch (Exception exception) when (exception is SocketException or OperationCanceledException)
        {
            return $"The store does not answer: {exception.Message}";
        }
    }

    /// <summary>Copies the data as a crash at this instant would leave them.</summary>
    public async Task CopyDataAsync(string target)
    {
        await PauseAsync();
        try
        {
            Copy(Data, target);
        }
        finally
        {
            await ResumeAsync();
        }
    }

    /// <summary>Kills it and starts it again, on the same port, with the data of a copy.</summary>
    public async Task RestartFromAsync(string copy, CancellationToken cancellationToken)
    {
        await KillAsync();
        await BootFromAsync(copy, cancellationToken);
    }

    /// <summary>Starts it, being dead, with the data of a copy.</summary>
    public async Task BootFromAsync(string copy, CancellationToken cancellationToken)
    {
        Directory.Delete(Data, recursive: true);
        Copy(copy, Data);
        await BootAsync(cancellationToken);
    }

    protected override TestProcess Launch(string directory)
    {
        _data = directory;
        return kind is StoreKind.Redis
            ? TestProcess.Start(
                Tools.Require("redis-server"),
                ["--port", $"{Port}", "--bind", "127.0.0.1", "--dir", directory, "--save", "", "--appendonly", "yes", "--appendfsync", "always"])
            : TestProcess.Start(
                Tools.DotNet,
                [
                    "tool", "exec", $"garnet-server@{GarnetServer.Version}", "--yes", "--", "--port", $"{Port}", "--bind", "127.0.0.1",
                    "--aof", "--aof-commit-wait", "--minthreads", $"{GarnetThreads}", "--device-type", "RandomAccess", "--recover", "--checkpointdir", directory,
                ],
                start => start.WorkingDirectory = directory);
    }

    private static void Copy(string source, string target)
    {
        Directory.CreateDirectory(target);
        foreach (var directory in Directory.EnumerateDirectories(source, "*", SearchOption.AllDirectories))
        {
            Directory.CreateDirectory(Path.Combine(target, Path.GetRelativePath(source, directory)));
        }

        foreach (var file in Directory.EnumerateFiles(source, "*", SearchOption.AllDirectories))
        {
            File.Copy(file, Path.Combine(target, Path.GetRelativePath(source, file)), overwrite: true);
        }
    }
}
