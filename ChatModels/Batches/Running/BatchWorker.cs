using ChatModels.Batches.Files;
using ChatModels.Batches.Stores;
using ChatModels.Registry;
using ChatModels.Registry.Stores;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace ChatModels.Batches.Running;

/// <summary>Runs batches for as long as the host runs, and sweeps now and then.</summary>
internal sealed partial class BatchWorker(
    IBatchStore store, IFileStore files, FileCatalogue catalogue, ILineCaller caller, IModelNames models, BatchSweeper sweeper, QueueMetrics metrics, ModelRegistry registry, ReplicaIdentity identity,
    IOptions<BatchOptions> options, IOptions<FileStoreOptions> fileOptions, TimeProvider time, Chance chance, ILogger<BatchWorker> logger) : BackgroundService
{
    private static readonly TimeSpan SweepInterval = TimeSpan.FromMinutes(1);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        identity.Work = [];
        LogFiles(files is DirectoryFileStore ? fileOptions.Value.Directory! : files is RedisFileStore ? "Redis" : "memory", fileOptions.Value.Capacity / (1024 * 1024));
        var context = new RunnerContext(store, files, catalogue, caller, models, options.Value, fileOptions.Value, time, chance, logger)
        {
            IsDraining = () => identity.IsDraining,
        };
        using var runner = new BatchRunner(context, new FleetPace(CountWorkersAsync), Tell);
        await Task.WhenAll(OneAtATime(() => runner.RunAsync(stoppingToken)), SweepAsync(stoppingToken));
    }

    private void Tell(QueueStanding standing)
    {
        identity.Work = standing.Work;
        metrics.Tell(standing);
    }

    // A worker's parts share much, and spend their time waiting: so one of them at a time, and no locks. Calls are made elsewhere.
    private static Task OneAtATime(Func<Task> run) => Task.Factory
        .StartNew(run, CancellationToken.None, TaskCreationOptions.DenyChildAttach, new ConcurrentExclusiveSchedulerPair().ExclusiveScheduler).Unwrap();

    private async Task<int> CountWorkersAsync(CancellationToken cancellationToken)
    {
        try
        {
            return (await registry.ListReplicasAsync(cancellationToken)).Count(replica => replica.Work is not null);
        }
        catch (ChatModelsException)
        {
            return 1; // Then each worker takes the whole for itself, and is told by the next refusal.
        }
    }

    private async Task SweepAsync(CancellationToken stoppingToken)
    {
        while (await Pause.ForAsync(chance.Between(SweepInterval / 2, SweepInterval * 1.5), time, stoppingToken))
        {
            try
            {
                await sweeper.SweepAsync(stoppingToken);
            }
            catch (StoreUnavailableException exception)
            {
                LogNotSwept(exception.Message);
            }
            catch (Exception exception) when (!stoppingToken.IsCancellationRequested)
            {
                // The boundary of a turn: the next one may fare better.
                LogSweepFailed(exception);
            }
            catch (OperationCanceledException)
            {
                return;
            }
        }
    }

    [LoggerMessage(4104, LogLevel.Information, "The files of batches are kept in {Place}, {Megabytes} MB at most")]
    private partial void LogFiles(string place, long megabytes);

    [LoggerMessage(4101, LogLevel.Warning, "Nothing was swept: {Reason}")]
    private partial void LogNotSwept(string reason);

    [LoggerMessage(4102, LogLevel.Error, "Sweeping failed unexpectedly; it is tried again")]
    private partial void LogSweepFailed(Exception exception);
}
