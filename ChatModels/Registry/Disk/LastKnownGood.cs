using System.Threading.Channels;
using ChatModels.Registry.Snapshots;
using ChatModels.Registry.Sync;
using ChatModels.Registry.Writing;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace ChatModels.Registry.Disk;

/// <summary>Keeps the last good registry in a file, and serves it in a process that starts while the store is down.</summary>
/// <remarks>What it serves is stale until the store has been compared: stamps decide then, as for any other snapshot, and never the revision number.</remarks>
internal sealed partial class LastKnownGood(
    LiveRegistry live, RegistrySynchronizer synchronizer, SnapshotBuilder builder, IOptions<RegistryOptions> options, SteadyRun steady, TimeProvider time, ILogger<LastKnownGood> logger)
    : BackgroundService
{
    // However often the registry changes: the disk has other work.
    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(1);

    private readonly Channel<bool> _reasons = Channel.CreateBounded<bool>(new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropWrite });
    private RegistryHead? _kept;
    private bool _failed;

    private string? FilePath => options.Value.LastKnownGood is { Length: > 0 } path ? path : null;

    public override async Task StartAsync(CancellationToken cancellationToken)
    {
        if (FilePath is { } path)
        {
            await synchronizer.ExclusivelyAsync(() => LoadAsync(path, cancellationToken), cancellationToken);
            live.Changed += Look;
            await base.StartAsync(cancellationToken);
        }
    }

    public override async Task StopAsync(CancellationToken cancellationToken)
    {
        live.Changed -= Look;
        await base.StopAsync(cancellationToken);
        if (FilePath is { } path)
        {
            await KeepAsync(path, cancellationToken);
        }
    }

    protected override Task ExecuteAsync(CancellationToken stoppingToken) => steady.RunAsync(this, RunAsync, stoppingToken);

    private async Task RunAsync(CancellationToken stoppingToken)
    {
        while (true)
        {
            await _reasons.Reader.ReadAsync(stoppingToken);
            await KeepAsync(FilePath!, stoppingToken);
            await Task.Delay(Pause, time, stoppingToken);
        }
    }

    private void Look() => _reasons.Writer.TryWrite(true);

    private async Task<bool> LoadAsync(string path, CancellationToken cancellationToken)
    {
        try
        {
            if (live.Current.Head is not null || !File.Exists(path))
            {
                return false;
            }

            if (new FileInfo(path).Length > LastGoodFile.MostBytes)
            {
                throw new InvalidDataException("it is too large");
            }

            var build = builder.Build(LastGoodFile.Decode(await File.ReadAllBytesAsync(path, cancellationToken)), live.Current);
            live.Publish(build.Snapshot ?? throw new InvalidDataException(build.Refusal));
            live.Doubt($"It was loaded from {path}, and the store has not confirmed it yet.");
            _kept = build.Snapshot.Head;
            return true;
        }
        catch (Exception unusable) when (unusable is IOException or InvalidDataException or UnauthorizedAccessException)
        {
            LogIgnored(path, unusable.Message);
            return false;
        }
    }

    private async Task KeepAsync(string path, CancellationToken cancellationToken)
    {
        var snapshot = live.Current;
        if (snapshot.Head is null || snapshot.Head == _kept)
        {
            return;
        }

        try
        {
            var content = LastGoodFile.Encode(WritePreparer.Image(snapshot));
            if (content.Length > LastGoodFile.MostBytes)
            {
                throw new IOException($"The registry takes {content.Length} bytes, more than the {LastGoodFile.MostBytes} that are kept.");
            }

            await AtomicFile.WriteAsync(path, content, cancellationToken);
            _kept = snapshot.Head;
            _failed = false;
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            if (!_failed)
            {
                LogNotKept(path, failure.Message);
            }

            _failed = true;
        }
    }

    [LoggerMessage(1401, LogLevel.Warning, "The last good registry in {Path} is ignored: {Reason}")]
    private partial void LogIgnored(string path, string? reason);

    [LoggerMessage(1402, LogLevel.Warning, "The last good registry could not be written to {Path}, and is tried again with the next change: {Reason}")]
    private partial void LogNotKept(string path, string reason);
}
