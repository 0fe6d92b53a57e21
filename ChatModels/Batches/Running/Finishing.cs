using System.Text.Json;
using ChatModels.Batches.Files;
using ChatModels.Batches.Stores;
using ChatModels.Telemetry;

namespace ChatModels.Batches.Running;

/// <summary>Brings a batch to its end: puts its results together in the order of the input, says that they can be had, and clears away what is not needed any more.</summary>
/// <remarks>Several workers may do this at once, one in another's steps, from any point: everything it writes has the same name and the same bytes.</remarks>
internal sealed class Finishing(RunnerContext context, BatchJob job)
{
    private const int CopiedAtOnce = 256 * 1024;

    private string Batch => job.Record.Id;

    public async Task RunAsync()
    {
        if (await Lease.TryTakeAsync(context, Batch, WorkUnit.Finishing, job.Worker.Stopping) is not { } lease)
        {
            return;
        }

        using var span = BatchSpans.StartWork(TelemetryNames.Batches.FinishSpan, Batch, job.Record.TraceParent);
        using var keep = new CancellationTokenSource();
        var keeping = lease.KeepAsync(keep.Token);
        try
        {
            await job.RefreshAsync(job.Worker.Stopping);
            if (!job.State.IsFinal && !await EndAsync())
            {
                await lease.ReleaseAsync();
                return;
            }

            await SweepAsync();
            job.IsClosed = true;
        }
        finally
        {
            // After a failure the claim is left to run out: that long it takes until the next try, here or elsewhere.
            keep.Cancel();
            await keeping.ForEndAsync();
            job.NeedsRefresh = true;
        }
    }

    private async Task<bool> EndAsync()
    {
        if (job.State.Started is null)
        {
            // Cancelled or expired before anybody knew how many lines there are: then there are none, and a validation that comes late finds that said.
            await InputValidation.StartAsync(context, job, 0, 0);
            await job.RefreshAsync(job.Worker.Stopping);
        }

        if (!job.IsAllSealed)
        {
            return false;
        }

        await job.CloseAsync(new ClosingStep(context.Time.GetUtcNow(), BatchClosing.Done));
        var seals = (await context.Store.ReadSealsAsync(Batch, job.Worker.Stopping)).ToDictionary(s => s.Key, s => ChunkSeal.Parse(s.Value));
        var output = await WriteAsync(BatchIds.OutputFile(Batch), "output", seals, good: true);
        var errors = await WriteAsync(BatchIds.ErrorFile(Batch), "errors", seals, good: false);
        if (output is { IsEntered: false } || errors is { IsEntered: false })
        {
            return false; // Somebody else has finished, and cleared away what is not needed any more.
        }

        var ended = new EndedStep(context.Time.GetUtcNow(), seals.Values.Sum(s => s.Completed), seals.Values.Sum(s => s.Failed), output?.Id, errors?.Id);
        var isFirst = await context.Store.TakeStepAsync(Batch, BatchStep.Ended, JsonSerializer.SerializeToUtf8Bytes(ended, BatchJson.Default.EndedStep), CancellationToken.None);
        await job.RefreshAsync(CancellationToken.None);
        if (isFirst)
        {
            context.LogEnded(Batch, job.State.Closing!.How, ended.Completed, ended.Failed);
            job.TellEnd(job.State.Status, ended.Completed, ended.Failed, job.State.Status is BatchStatus.Expired ? ErrorCodes.BatchExpired : null);
        }

        return true;
    }

    /// <summary>Writes one of the two files and enters it; null where no line belongs in it.</summary>
    private async Task<Result?> WriteAsync(string id, string name, Dictionary<int, ChunkSeal> seals, bool good)
    {
        var chunks = seals.Where(s => (good ? s.Value.OutputBytes : s.Value.ErrorBytes) > 0).OrderBy(s => s.Key).ToList();
        if (chunks is [])
        {
            return null;
        }

        await using var writer = await context.Files.CreateAsync(id, job.Worker.Stopping);
        foreach (var (chunk, seal) in chunks)
        {
            var (from, length) = good ? (0, seal.OutputBytes) : (seal.OutputBytes, seal.ErrorBytes);
            if (!await CopyAsync(chunk, from, length, writer))
            {
                return new Result(id, IsEntered: false);
            }
        }

        await writer.CompleteAsync(job.Worker.Stopping);
        var now = context.Time.GetUtcNow();
        var record = new FileRecord
        {
            Id = id,
            Bytes = chunks.Sum(s => good ? s.Value.OutputBytes : s.Value.ErrorBytes),
            CreatedAt = now,
            ExpiresAt = now + (job.Record.OutputLifetime ?? context.FileOptions.Lifetime),
            Filename = $"{Batch}_{name}.jsonl",
            Purpose = FilePurposes.BatchOutput,
        };
        var isEntered = await context.Catalogue.AddResultAsync(Batch, record, CancellationToken.None);
        if (!isEntered && await context.Catalogue.FindAsync(id, CancellationToken.None) is null)
        {
            // Its owner had deleted it before its bytes came once more.
            await context.Files.DeleteAsync(id, CancellationToken.None);
        }

        return new Result(id, isEntered);
    }

    private async Task<bool> CopyAsync(int chunk, long from, long length, IFileWriter writer)
    {
        await using var part = await context.Files.OpenAsync(BatchIds.Part(Batch, chunk), job.Worker.Stopping);
        if (part is null || part.Length < from + length)
        {
            return false;
        }

        part.Position = from;
        var buffer = new byte[Math.Min(CopiedAtOnce, length)];
        while (length > 0)
        {
            var read = await part.ReadAsync(buffer.AsMemory(0, (int)Math.Min(buffer.Length, length)), job.Worker.Stopping);
            if (read == 0)
            {
                return false;
            }

            await writer.WriteAsync(buffer.AsMemory(0, read), job.Worker.Stopping);
            length -= read;
        }

        return true;
    }

    /// <summary>Clears away everything but the batch's steps and its results. The list of open batches is left last: who dies here is followed by another.</summary>
    private async Task SweepAsync()
    {
        var chunks = job.State.Started?.Chunks ?? 0;
        for (var chunk = 0; chunk < chunks; chunk++)
        {
            await context.Files.DeleteAsync(BatchIds.Part(Batch, chunk), CancellationToken.None);
        }

        await context.Store.SetExpiryAsync(RecordKind.Batch, Batch, context.Time.GetUtcNow() + context.Options.Retention, CancellationToken.None);
        await context.Store.SweepAsync(Batch, chunks, everything: false, CancellationToken.None);
        await context.Store.CloseAsync(Batch, CancellationToken.None);
        await DropInputIfDeletedAsync();
    }

    // Its owner deleted it while it was still being read; whoever reads it last takes the bytes along.
    private async Task DropInputIfDeletedAsync()
    {
        if (await context.Catalogue.FindAsync(job.Record.InputFile, CancellationToken.None) is null && !await context.Catalogue.IsReadAsync(job.Record.InputFile, CancellationToken.None))
        {
            await context.Files.DeleteAsync(job.Record.InputFile, CancellationToken.None);
        }
    }

    private sealed record Result(string Id, bool IsEntered);
}
