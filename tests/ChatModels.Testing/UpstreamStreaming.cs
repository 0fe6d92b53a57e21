using Microsoft.AspNetCore.Http;

namespace ChatModels.Testing;

/// <summary>Streaming behaviours of a <see cref="FakeUpstream"/>. Every frame is flushed by itself.</summary>
public static class UpstreamStreaming
{
    public static UpstreamHandler Of(params string[] chunks) => Of(new UpstreamStreamScript { Chunks = chunks });

    public static UpstreamHandler Of(UpstreamStreamScript script) => async (context, body) =>
    {
        var frames = new UpstreamFrames(body, script.AlwaysUsage);
        await StartAsync(context);
        for (var index = 0; index < script.Chunks.Count; index++)
        {
            await script.BeforeChunk(index).WaitAsync(context.RequestAborted);
            if (index == 0 && script.RoleFirst)
            {
                await SendAsync(context, frames.Role());
            }

            await SendAsync(context, frames.Content(script.Chunks[index]));
        }

        await script.BeforeChunk(script.Chunks.Count).WaitAsync(context.RequestAborted);
        await EndAsync(context, frames, script.End);
    };

    /// <summary>Sends the headers of a stream and then nothing.</summary>
    public static UpstreamHandler HangAfterHeaders() => Of(new UpstreamStreamScript { Chunks = [], End = StreamEnd.Hang });

    /// <summary>
    /// The bytes exactly as given, each piece flushed by itself; each but the first waits for <paramref name="between"/>, for only a
    /// reader who has seen one piece before the next was sent has surely seen them apart.
    /// </summary>
    public static UpstreamHandler Raw(IReadOnlyList<byte[]> pieces, Func<int, Task>? between = null) => async (context, _) =>
    {
        await StartAsync(context);
        for (var index = 0; index < pieces.Count; index++)
        {
            if (index > 0 && between is not null)
            {
                await between(index).WaitAsync(context.RequestAborted);
            }

            await SendAsync(context, pieces[index]);
        }
    };

    /// <summary>So many chunks of one word each, as fast as they are taken, then a regular end.</summary>
    public static UpstreamHandler Flood(int chunks) => async (context, body) =>
    {
        var frames = new UpstreamFrames(body, alwaysUsage: false);
        var frame = frames.Content("word ");
        await StartAsync(context);
        for (var index = 0; index < chunks; index++)
        {
            await context.Response.Body.WriteAsync(frame, context.RequestAborted);
        }

        await EndAsync(context, frames, StreamEnd.Done);
    };

    /// <summary>One frame of content, then bytes that are no event.</summary>
    public static UpstreamHandler GarbageAfter(string text) => (context, body) =>
        Raw([new UpstreamFrames(body, alwaysUsage: false).Content(text), "data: {\"choices\":[{]\n\n"u8.ToArray()])(context, body);

    /// <summary>One frame with this text, torn inside its first character that takes several bytes, then a regular end.</summary>
    public static UpstreamHandler SplitUtf8(string text, Task? between = null) => (context, body) =>
    {
        var frames = new UpstreamFrames(body, alwaysUsage: false);
        var frame = frames.Content(text);
        var cut = Array.FindIndex(frame, value => value >= 0xC0) + 1;
        ArgumentOutOfRangeException.ThrowIfZero(cut, nameof(text));
        byte[] rest = [.. frame[cut..], .. frames.Finish(), .. frames.Usage(), .. UpstreamFrames.Done];
        return Raw([frame[..cut], rest], _ => between ?? Task.CompletedTask)(context, body);
    };

    private static Task EndAsync(HttpContext context, UpstreamFrames frames, StreamEnd end) => end switch
    {
        StreamEnd.Done => SendAsync(context, [.. frames.Finish(), .. frames.Usage(), .. UpstreamFrames.Done]),
        StreamEnd.NoDone => SendAsync(context, [.. frames.Finish(), .. frames.Usage()]),
        StreamEnd.Error => SendAsync(context, UpstreamFrames.Error()),
        StreamEnd.Hang => UpstreamReply.HangAsync(context),
        StreamEnd.Cut => throw new UpstreamCutException(),
        StreamEnd.CutMidFrame => CutAsync(context, frames.Content("never arrives whole")),
        _ => Task.CompletedTask,
    };

    private static async Task CutAsync(HttpContext context, byte[] frame)
    {
        await SendAsync(context, frame[..(frame.Length / 2)]);
        throw new UpstreamCutException();
    }

    private static async Task StartAsync(HttpContext context)
    {
        context.Response.ContentType = "text/event-stream";
        await context.Response.StartAsync(context.RequestAborted);
        await context.Response.Body.FlushAsync(context.RequestAborted);
    }

    private static async Task SendAsync(HttpContext context, byte[] bytes)
    {
        await context.Response.Body.WriteAsync(bytes, context.RequestAborted);
        await context.Response.Body.FlushAsync(context.RequestAborted);
    }
}

// Kestrel answers an exception after the headers by sending what was written and closing without the last chunk's mark: a cut whose
// bytes before it surely arrive. HttpContext.Abort would reset the connection and may lose them.
internal sealed class UpstreamCutException() : Exception("The script cuts the answer here.");
