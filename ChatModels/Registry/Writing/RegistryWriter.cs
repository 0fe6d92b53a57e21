using ChatModels.Registry.Validation;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace ChatModels.Registry.Writing;

/// <summary>Takes changes, and gives each an answer within the write deadline, whatever the store does.</summary>
internal sealed partial class RegistryWriter(
    WriteAttempts attempts,
    RegistryMetrics metrics,
    Chance chance,
    IOptions<RegistryOptions> options,
    TimeProvider time,
    ILogger<RegistryWriter> logger,
    TaskScheduler? scheduler = null)
{
    // Ten thousand entities take seconds of work on a busy machine, before and in the store. One that hangs is noticed before that, as for any other write.
    private static readonly TimeSpan BulkAllowance = TimeSpan.FromSeconds(5);

    /// <summary>Applies a change, or says why not. Runs off the caller's thread.</summary>
    public async Task<RegistryResult> WriteAsync(RegistryChange change, CancellationToken cancellationToken)
    {
        var result = await WriteTelemetry.MeasureAsync(change, () => PrecheckAndRunAsync(change, cancellationToken));
        if (!change.DryRun)
        {
            metrics.Written(result);
        }

        return result;
    }

    private async Task<RegistryResult> PrecheckAndRunAsync(RegistryChange change, CancellationToken cancellationToken)
    {
        if (change.Entities.Where(e => e.IdPath is null).Select(e => EntityNames.Mistake(e.Kind, e.Id)).FirstOrDefault(m => m is not null) is { } misnamed)
        {
            return WriteFailures.Result(WriteFailures.InvalidName(change.Op, misnamed));
        }

        if (ChangeCopy.TryCopy(change, out var copy) is { Count: > 0 } issues)
        {
            return WriteFailures.Result(WriteFailures.Invalid(change.Op, issues));
        }

        return await RunWithinDeadlineAsync(copy, cancellationToken);
    }

    private async Task<RegistryResult> RunWithinDeadlineAsync(RegistryChange change, CancellationToken cancellationToken)
    {
        var operation = new WriteOperation(chance.NextId());
        var commitsBefore = attempts.Commits;
        // The store's client may block its calling thread for as long as a hung server lets it.
        var run = Task.Factory.StartNew(
            () => attempts.RunAsync(change, operation), CancellationToken.None, TaskCreationOptions.DenyChildAttach, scheduler ?? TaskScheduler.Default).Unwrap();
        try
        {
            return await run.WaitAsync(change.IsBulk ? options.Value.WriteDeadline + BulkAllowance : options.Value.WriteDeadline, time, cancellationToken);
        }
        catch (Exception gaveUp) when (gaveUp is TimeoutException or OperationCanceledException)
        {
            if (run.IsCompleted)
            {
                return await run;
            }

            var certain = operation.GiveUp();
            _ = ObserveAsync(run, operation, change.Op);
            cancellationToken.ThrowIfCancellationRequested();
            return WriteFailures.Result((certain, attempts.Commits != commitsBefore) switch
            {
                (false, _) => WriteFailures.Unknown(change.Op, operation.Stamp),
                (true, true) => WriteFailures.Busy(change.Op),
                (true, false) => WriteFailures.Unavailable(change.Op, "it did not answer in time."),
            });
        }
        finally
        {
            if (run.IsCompleted)
            {
                operation.Dispose();
            }
        }
    }

    private async Task ObserveAsync(Task<RegistryResult> run, WriteOperation operation, string op)
    {
        try
        {
            using (operation)
            {
                await run;
            }
        }
        catch (OperationCanceledException)
        {
            // It was given up, and its caller has been told.
        }
        catch (Exception defect)
        {
            LogDefect(defect, op);
        }
    }

    [LoggerMessage(1201, LogLevel.Error, "A write that nobody waited for any longer failed: {Op}")]
    private partial void LogDefect(Exception exception, string op);
}
