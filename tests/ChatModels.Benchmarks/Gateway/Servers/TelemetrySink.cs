using System.Buffers;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace ChatModels.Benchmarks.Gateway.Servers;

/// <summary>An OTLP collector (HTTP, protobuf) that counts the spans it receives: spans that a full exporter queue drops cost nothing and must not count as served.</summary>
internal static class TelemetrySink
{
    private const int SpansPath = 2;

    public static async Task RunAsync(int port)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls($"http://127.0.0.1:{port}").ConfigureKestrel(kestrel => kestrel.Limits.MaxRequestBodySize = null);
        await using var app = builder.Build();
        var spans = 0L;
        app.MapGet("/alive", () => "yes");
        app.MapGet("/spans", () => Interlocked.Read(ref spans).ToString(System.Globalization.CultureInfo.InvariantCulture));
        app.MapPost("/v1/traces", async (HttpContext http) =>
        {
            // A buffer that is used again: one anew for each batch is large enough to keep a collector busy, on the cores of those that are measured.
            var body = ArrayPool<byte>.Shared.Rent((int)http.Request.ContentLength!.Value);
            var length = await http.Request.Body.ReadAtLeastAsync(body, (int)http.Request.ContentLength.Value, throwOnEndOfStream: true);
            Interlocked.Add(ref spans, Count(body.AsSpan(0, length), depth: 0));
            ArrayPool<byte>.Shared.Return(body);
        });
        app.MapPost("/v1/{signal}", async (HttpContext http) => await http.Request.Body.CopyToAsync(Stream.Null));
        await app.RunAsync();
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
