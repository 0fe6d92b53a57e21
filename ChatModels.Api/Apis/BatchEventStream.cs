using System.Text.Json;
using ChatModels.Api.Wire;
using ChatModels.Batches;
using ChatModels.Registry.Stores;

namespace ChatModels.Api.Apis;

/// <summary>How far a batch is, told whenever it is further and now and then when it is not, until its end. The store is asked once a second; nothing is queued for a slow reader.</summary>
internal sealed class BatchEventStream(BatchCatalogue batches, BatchProgress first, TimeProvider time, CancellationToken stopping) : IResult
{
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(1);

    // Told again then: whoever reads has only the rate of before, and proxies cut connections on which nothing moves, some after 30 s.
    private static readonly TimeSpan Silence = TimeSpan.FromSeconds(15);

    public async Task ExecuteAsync(HttpContext httpContext)
    {
        using var end = CancellationTokenSource.CreateLinkedTokenSource(httpContext.RequestAborted, stopping);
        var response = httpContext.Response;
        response.ContentType = "text/event-stream";
        response.Headers.CacheControl = "no-cache";
        // Proxies such as nginx would otherwise collect a stream before they pass it on.
        response.Headers["x-accel-buffering"] = "no";
        try
        {
            await RunAsync(response, end.Token);
        }
        catch (OperationCanceledException) when (stopping.IsCancellationRequested && !httpContext.RequestAborted.IsCancellationRequested)
        {
            // The host stops: the stream ends in good order, and its reader comes back to another replica.
        }
    }

    private async Task RunAsync(HttpResponse response, CancellationToken cancellationToken)
    {
        var rate = new BatchRate(time);
        var (batch, told, toldAt) = (first, default(BatchProgress), time.GetTimestamp());
        using var timer = new PeriodicTimer(Interval, time);
        while (true)
        {
            rate.Note(batch.Answered);
            if (told is null || IsFurther(batch, told) || time.GetElapsedTime(toldAt) >= Silence)
            {
                (told, toldAt) = (batch, time.GetTimestamp());
                await WriteAsync(response, Event(batch, rate), cancellationToken);
            }

            if (batch.State.IsFinal || !await timer.WaitForNextTickAsync(cancellationToken))
            {
                return;
            }

            batch = await LookAsync(batch, cancellationToken);
        }
    }

    private static bool IsFurther(BatchProgress batch, BatchProgress told) =>
        (told.Answered, told.Completed, told.Failed, told.State.Status) != (batch.Answered, batch.Completed, batch.Failed, batch.State.Status);

    // While the store is away there is no news.
    private async Task<BatchProgress> LookAsync(BatchProgress last, CancellationToken cancellationToken)
    {
        try
        {
            return await batches.FindAsync(last.State.Record.Id, cancellationToken) ?? last;
        }
        catch (StoreUnavailableException)
        {
            return last;
        }
    }

    private static byte[] Event(BatchProgress batch, BatchRate rate)
    {
        var name = batch.State.IsFinal ? "end"u8 : "progress"u8;
        return [.. "event: "u8, .. name, .. "\ndata: "u8, .. JsonSerializer.SerializeToUtf8Bytes(BatchProgressView.Of(batch, rate), HttpJson.Default.BatchProgressView), .. "\n\n"u8];
    }

    private static async Task WriteAsync(HttpResponse response, ReadOnlyMemory<byte> bytes, CancellationToken cancellationToken)
    {
        await response.Body.WriteAsync(bytes, cancellationToken);
        await response.Body.FlushAsync(cancellationToken);
    }
}
