using System.Buffers;
using System.IO.Pipelines;
using ChatModels.Api.Errors;

namespace ChatModels.Api.Apis;

/// <summary>A request's body, read once into a pooled buffer. Its size is bounded by the server's limit.</summary>
internal sealed class RequestBuffer : IDisposable
{
    private const int FirstSize = 4 * 1024;

    private byte[] _buffer;
    private int _length;

    private RequestBuffer(int size) => _buffer = ArrayPool<byte>.Shared.Rent(size);

    public ReadOnlyMemory<byte> Memory => _buffer.AsMemory(0, _length);

    /// <summary>Set when nothing can still be reading the buffer: after a failed or cancelled send a connection may, so then it is left to the collector.</summary>
    public bool MayBeReused { get; set; }

    /// <summary>Reads the body; null when it was refused, and the answer is written.</summary>
    public static async ValueTask<RequestBuffer?> ReadAsync(HttpContext http)
    {
        if (Refusal(http.Request) is { } refusal)
        {
            await SurfaceErrors.WriteAsync(http, "chat.read", refusal.Code, refusal.Message);
            return null;
        }

        // From the server's own reader: it says with the last bytes that they are the last, where a stream has to be read once more.
        var buffer = new RequestBuffer((int)(http.Request.ContentLength ?? FirstSize));
        ReadResult read;
        do
        {
            read = await http.Request.BodyReader.ReadAsync(http.RequestAborted);
            buffer.Add(read.Buffer);
            http.Request.BodyReader.AdvanceTo(read.Buffer.End);
        }
        while (!read.IsCompleted);

        return buffer;
    }

    public void Dispose()
    {
        var buffer = Interlocked.Exchange(ref _buffer, []);
        if (MayBeReused && buffer.Length > 0)
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }

    private static (string Code, string Message)? Refusal(HttpRequest request)
    {
        if (request.Headers.ContentEncoding.Count > 0)
        {
            return (ErrorCodes.UnsupportedContentEncoding, "Compressed bodies are not taken; leave Content-Encoding out and send plain JSON.");
        }

        // Anything else a web page could send across sites without asking, which matters where no key is needed.
        return request.ContentType?.StartsWith("application/json", StringComparison.OrdinalIgnoreCase) is true
            ? null
            : (ErrorCodes.UnsupportedMediaType, "Send the body as JSON, with the header 'Content-Type: application/json'.");
    }

    private void Add(ReadOnlySequence<byte> bytes)
    {
        var length = checked(_length + (int)bytes.Length);
        if (length > _buffer.Length)
        {
            var larger = ArrayPool<byte>.Shared.Rent(int.Max(length, _buffer.Length * 2));
            Memory.CopyTo(larger);
            ArrayPool<byte>.Shared.Return(_buffer);
            _buffer = larger;
        }

        bytes.CopyTo(_buffer.AsSpan(_length));
        _length = length;
    }
}
