using System.Buffers;
using System.Text;
using System.Text.Json;
using ChatModels.Api.Wire;
using ChatModels.Registry;
using ChatModels.Registry.Feed;

namespace ChatModels.Api.Apis;

/// <summary>One watcher's stream, written by hand: the framework's own has no comments, which keep a silent connection open.</summary>
/// <remarks>Nothing is queued: while a slow client takes what was written, later changes wait in the feed that all share, or are forgotten there, and then it gets a reset.</remarks>
internal sealed class WatchStream(RegistryFeed feed, RegistryHead? since, TimeSpan silence, TimeProvider time, CancellationToken stopping) : IResult
{
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
            using var watcher = await feed.WatchAsync(since, end.Token);
            await WriteAsync(response, ": watching\n\n"u8.ToArray(), end.Token);
            while (true)
            {
                while (watcher.Next() is { } news)
                {
                    await WriteAsync(response, Encode(news), end.Token);
                }

                if (!await watcher.WaitAsync(silence, time, end.Token))
                {
                    await WriteAsync(response, ":\n\n"u8.ToArray(), end.Token);
                }
            }
        }
        catch (OperationCanceledException) when (stopping.IsCancellationRequested && !httpContext.RequestAborted.IsCancellationRequested)
        {
            // The host stops: the stream ends in good order, and its reader comes back to another replica.
        }
    }

    private static async Task WriteAsync(HttpResponse response, ReadOnlyMemory<byte> bytes, CancellationToken cancellationToken)
    {
        await response.Body.WriteAsync(bytes, cancellationToken);
        await response.Body.FlushAsync(cancellationToken);
    }

    private static ReadOnlyMemory<byte> Encode(FeedNews news)
    {
        var frames = new ArrayBufferWriter<byte>();
        foreach (var step in news.Steps)
        {
            Add(frames, "changed", step.To, JsonSerializer.SerializeToUtf8Bytes(ChangedView.Of(step), HttpJson.Default.ChangedView));
        }

        if (news.Whole is { Head: { } head } whole)
        {
            Add(frames, "reset", head, JsonSerializer.SerializeToUtf8Bytes(ResetView.Of(whole), HttpJson.Default.ResetView));
        }

        return frames.WrittenMemory;
    }

    private static void Add(ArrayBufferWriter<byte> frames, string name, RegistryHead head, ReadOnlySpan<byte> json)
    {
        frames.Write(Encoding.UTF8.GetBytes($"id: {head}\nevent: {name}\ndata: "));
        frames.Write(json);
        frames.Write("\n\n"u8);
    }
}
