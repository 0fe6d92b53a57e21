using System.Buffers.Text;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text;

namespace ChatModels.Benchmarks.Gateway.Servers;

/// <summary>
/// An OTLP collector (HTTP, protobuf) that counts the spans it receives: spans that a full exporter queue drops cost nothing and must not count as served. On a
/// socket of its own, which a batch is read from as a whole: a web server takes 4 KB at a time, and the sink shares its cores with those that are measured.
/// </summary>
internal static class TelemetrySink
{
    private const int SpansPath = 2;
    private const int LargestRequest = 4 * 1024 * 1024;

    private static long _spans;

    public static async Task RunAsync(int port)
    {
        using var listener = new TcpListener(IPAddress.Loopback, port);
        listener.Start();
        while (true)
        {
            _ = ServeAsync(await listener.AcceptTcpClientAsync());
        }
    }

    private static async Task ServeAsync(TcpClient client)
    {
        using var connection = client;
        var (stream, buffer, filled) = (client.GetStream(), new byte[LargestRequest], 0);
        while (true)
        {
            int head;
            while ((head = buffer.AsSpan(0, filled).IndexOf("\r\n\r\n"u8)) < 0 || filled < head + 4 + BodyLength(buffer.AsSpan(0, head)))
            {
                var read = await stream.ReadAsync(buffer.AsMemory(filled));
                if (read == 0)
                {
                    return;
                }

                filled += read;
            }

            var end = head + 4 + BodyLength(buffer.AsSpan(0, head));
            await stream.WriteAsync(Encoding.ASCII.GetBytes(Answer(buffer.AsSpan(0, head), buffer.AsSpan((head + 4)..end))));
            buffer.AsSpan(end..filled).CopyTo(buffer);
            filled -= end;
        }
    }

    private static string Answer(ReadOnlySpan<byte> head, ReadOnlySpan<byte> body)
    {
        if (head.StartsWith("POST /v1/traces "u8))
        {
            Interlocked.Add(ref _spans, Count(body, depth: 0));
        }

        var text = head.StartsWith("GET /spans "u8) ? Interlocked.Read(ref _spans).ToString(CultureInfo.InvariantCulture) : "";
        return $"HTTP/1.1 200 OK\r\nContent-Length: {text.Length}\r\n\r\n{text}";
    }

    private static int BodyLength(ReadOnlySpan<byte> head)
    {
        var name = "\r\ncontent-length: "u8;
        for (var at = 0; at + name.Length < head.Length; at++)
        {
            if (Ascii.EqualsIgnoreCase(head.Slice(at, name.Length), name))
            {
                return Utf8Parser.TryParse(head[(at + name.Length)..], out int length, out _) ? length : throw new InvalidDataException("No length.");
            }
        }

        return 0;
    }

    // resource_spans (1), in it scope_spans (2), in it spans (2): the only fields that matter.
    private static int Count(ReadOnlySpan<byte> message, int depth)
    {
        var count = 0;
        while (!message.IsEmpty)
        {
            var key = Varint(ref message);
            switch (key & 7)
            {
                case 0:
                    Varint(ref message);
                    break;
                case 1:
                    message = message[8..];
                    break;
                case 5:
                    message = message[4..];
                    break;
                case 2:
                    var length = (int)Varint(ref message);
                    if (key >> 3 == (ulong)(depth == 0 ? 1 : SpansPath))
                    {
                        count += depth == 2 ? 1 : Count(message[..length], depth + 1);
                    }

                    message = message[length..];
                    break;
                default:
                    throw new InvalidDataException("Not protobuf.");
            }
        }

        return count;
    }

    private static ulong Varint(ref ReadOnlySpan<byte> bytes)
    {
        var value = 0UL;
        for (var shift = 0; ; shift += 7)
        {
            var next = bytes[0];
            bytes = bytes[1..];
            value |= (ulong)(next & 0x7F) << shift;
            if (next < 0x80)
            {
                return value;
            }
        }
    }
}
