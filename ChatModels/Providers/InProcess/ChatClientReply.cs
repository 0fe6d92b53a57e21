using System.Buffers;

namespace ChatModels.Providers.InProcess;

/// <summary>A chat client's answer in the wire format.</summary>
internal sealed class ChatClientReply : UpstreamReply
{
    private InProcessCall? _call;

    public static ChatClientReply Answer(ArrayBufferWriter<byte> json, InProcessCall? call)
    {
        var reply = Whole(200, json.WrittenMemory.ToArray());
        reply._call = call;
        return reply;
    }

    public static ChatClientReply Stream(UpdateStream body) => new() { Status = 200, ContentType = "text/event-stream; charset=utf-8", Body = body };

    public static ChatClientReply Error(int status, string message, string? param, TimeSpan? retryAfter = null)
    {
        var json = new ArrayBufferWriter<byte>();
        WireJson.WriteError(json, status, message, param);
        return Whole(status, json.WrittenMemory.ToArray(), retryAfter);
    }

    public static ChatClientReply Error(int status, ReadOnlyMemory<byte> body) => Whole(status, body.ToArray());

    public override ValueTask DisposeAsync()
    {
        if (_call is not null && Body.Position < Body.Length)
        {
            _call.Forget(); // Nobody wanted it: another provider may answer.
        }

        return Body.DisposeAsync();
    }

    private static ChatClientReply Whole(int status, byte[] body, TimeSpan? retryAfter = null) => new()
    {
        Status = status,
        ContentType = "application/json",
        ContentLength = body.Length,
        RetryAfter = retryAfter,
        Body = new MemoryStream(body, writable: false),
    };
}
