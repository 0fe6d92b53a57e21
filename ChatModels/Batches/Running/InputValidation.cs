using System.Text.Json;
using ChatModels.Batches.Input;
using ChatModels.Batches.Stores;
using ChatModels.Telemetry;

namespace ChatModels.Batches.Running;

/// <summary>Looks at a new batch's input; then the batch is started, or failed with what is wrong.</summary>
internal static class InputValidation
{
    public static async Task RunAsync(RunnerContext context, BatchJob job)
    {
        if (await Lease.TryTakeAsync(context, job.Record.Id, WorkUnit.Validation, job.Worker.Stopping) is not { } lease)
        {
            return;
        }

        using var span = BatchSpans.StartWork(TelemetryNames.Batches.ValidateSpan, job.Record.Id, job.Record.TraceParent);
        using var keep = new CancellationTokenSource();
        var keeping = lease.KeepAsync(keep.Token);
        try
        {
            await ValidateAsync(context, job);
        }
        finally
        {
            keep.Cancel();
            await keeping.ForEndAsync();
            await lease.ReleaseAsync();
            job.NeedsRefresh = true;
        }
    }

    private static async Task ValidateAsync(RunnerContext context, BatchJob job)
    {
        await using var input = await context.Files.OpenAsync(job.Record.InputFile, job.Worker.Stopping);
        if (input is null)
        {
            await FailAsync(context, job, [new BatchMistake("file_not_found", $"The input file '{job.Record.InputFile}' was deleted.", "input_file_id", null)]);
            return;
        }

        var check = new InputCheck(job.Record.Endpoint, context.Models, context.Options);
        await check.RunAsync(input, job.Closing.IsCancellationRequested ? job.Closing : job.Worker.Stopping);
        if (check.Mistakes is not [])
        {
            await FailAsync(context, job, check.Mistakes);
            return;
        }

        await context.Store.WriteLayoutAsync(job.Record.Id, check.Layout.ToBytes(), job.Worker.Stopping);
        if (await StartAsync(context, job, check.Lines, check.Layout.Chunks.Count))
        {
            context.LogStarted(job.Record.Id, check.Lines, check.Layout.Chunks.Count);
        }
    }

    /// <summary>Says how many lines there are; false when somebody has said so before.</summary>
    public static Task<bool> StartAsync(RunnerContext context, BatchJob job, int lines, int chunks) => context.Store.TakeStepAsync(
        job.Record.Id,
        BatchStep.Started,
        JsonSerializer.SerializeToUtf8Bytes(new StartedStep(context.Time.GetUtcNow(), lines, chunks), BatchJson.Default.StartedStep),
        CancellationToken.None);

    private static async Task FailAsync(RunnerContext context, BatchJob job, IReadOnlyList<BatchMistake> mistakes)
    {
        context.LogRefused(job.Record.Id, mistakes[0].Message);
        await job.CloseAsync(new ClosingStep(context.Time.GetUtcNow(), BatchClosing.Failed) { Mistakes = mistakes });
    }
}
