using ChatModels.Batches.Files;
using ChatModels.Registry.Stores;

namespace ChatModels.Batches.Running;

internal sealed partial class BatchRunner
{
    private static readonly TimeSpan LastMoments = TimeSpan.FromSeconds(4);

    private static async Task RunAsync(BatchJob job, ChunkRun run)
    {
        try
        {
            await run.RunAsync();
        }
        finally
        {
            job.Left(run);
            run.Dispose();
        }
    }

    // One of these at a time for each batch.
    private void Begin(BatchJob job, Func<Task> work)
    {
        if (!_isDrained && _busy.Add(job.Record.Id))
        {
            Track(job, RunAsync(job, work));
        }
    }

    private async Task RunAsync(BatchJob job, Func<Task> work)
    {
        try
        {
            await work();
        }
        finally
        {
            _busy.Remove(job.Record.Id);
        }
    }

    private void Track(BatchJob job, Task task)
    {
        var watched = WatchAsync(job, task);
        _tasks.Add(watched);
        _tasks.RemoveWhere(one => one.IsCompleted);
    }

    private async Task WatchAsync(BatchJob job, Task task)
    {
        try
        {
            await task;
        }
        catch (StoreUnavailableException exception)
        {
            context.LogChunkLeft(job.Record.Id, exception.Message);
        }
        catch (FileStoreFullException exception)
        {
            context.LogNoRoom(job.Record.Id, exception.Message);
        }
        catch (OperationCanceledException) when (_life.Stopping.IsCancellationRequested)
        {
            // Left as it is; another worker goes on.
        }
        catch (Exception exception)
        {
            // The boundary of a piece of work: it is tried again, here or elsewhere.
            context.LogFailed(exception, job.Record.Id);
        }

        context.Wake.Set();
    }

    private async Task DrainAsync()
    {
        var (chunks, lines) = (_jobs.Sum(job => job.Held), context.Slots.UnderWay);
        _life.Stop();
        context.LogDraining(chunks, lines);
        var all = Task.WhenAll(_tasks);
        if (!await all.ForEndAsync(context.Options.Drain, context.Time, CancellationToken.None))
        {
            _life.End();
            await all.ForEndAsync(LastMoments, context.Time, CancellationToken.None);
        }
    }
}
