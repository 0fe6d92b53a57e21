using System.Buffers;
using System.Runtime.InteropServices;

namespace ChatModels.Providers.Simulator;

/// <summary>The simulator's answer; there is nothing to abandon, since nothing runs that nobody reads.</summary>
internal sealed class SimulatorReply : UpstreamReply
{
    public static SimulatorReply Json(SimulatedAnswer answer)
    {
        var output = new ArrayBufferWriter<byte>(512 + answer.Text.Length);
        SimulatorJson.WriteCompletion(output, answer);
        return Whole(200, output, $"req_{answer.Key}");
    }

    public static SimulatorReply Stream(SimulatorStream stream) =>
        new() { Status = 200, ContentType = "text/event-stream; charset=utf-8", RequestId = $"req_{stream.Key}", Body = stream };

    public static SimulatorReply Error(int status, string message, string? param)
    {
        var output = new ArrayBufferWriter<byte>();
        SimulatorJson.WriteError(output, status, message, param);
        return Whole(status, output, null);
    }

    public override ValueTask DisposeAsync() => Body.DisposeAsync();

    private static SimulatorReply Whole(int status, ArrayBufferWriter<byte> output, string? requestId)
    {
        // The array that the writer has grown is the body: no second copy.
        MemoryMarshal.TryGetArray(output.WrittenMemory, out var written);
        return new()
        {
            Status = status,
            ContentType = "application/json",
            ContentLength = output.WrittenCount,
            RetryAfter = status == 429 ? TimeSpan.FromSeconds(1) : null,
            RequestId = requestId,
            Body = new MemoryStream(written.Array!, written.Offset, written.Count, writable: false),
        };
    }
}
