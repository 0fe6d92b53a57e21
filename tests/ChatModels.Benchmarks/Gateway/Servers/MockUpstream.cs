using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace ChatModels.Benchmarks.Gateway.Servers;

/// <summary>An OpenAI-compatible upstream that answers at once and always the same; a stream's pace is asked for by the model's name.</summary>
internal static class MockUpstream
{
    public const string Model = "answer";
    public const string SlowModel = "trickle";

    /// <summary>Chunks in a stream of <see cref="Model"/>.</summary>
    public const int Chunks = 16;

    private const string Chunk = """
        data: {"id":"chatcmpl-1","object":"chat.completion.chunk","created":1,"model":"answer","choices":[{"index":0,"delta":{"content":"Hello"},"finish_reason":null}]}


        """;

    private const string LastChunk = """
        data: {"id":"chatcmpl-1","object":"chat.completion.chunk","created":1,"model":"answer","choices":[{"index":0,"delta":{},"finish_reason":"stop"}]}

        data: {"id":"chatcmpl-1","object":"chat.completion.chunk","created":1,"model":"answer","choices":[],"usage":{"prompt_tokens":12,"completion_tokens":16,"total_tokens":28}}

        data: [DONE]


        """;

    private static readonly byte[] Answer = """
        {"id":"chatcmpl-1","object":"chat.completion","created":1,"model":"answer","choices":[{"index":0,"message":{"role":"assistant","content":"Hello! How can I help you today? Ask me anything, I have all the time in the world."},"finish_reason":"stop"}],"usage":{"prompt_tokens":12,"completion_tokens":20,"total_tokens":32}}
        """u8.ToArray();

    private static readonly byte[] ChunkBytes = Bytes(Chunk);
    private static readonly byte[] LastBytes = Bytes(LastChunk);

    /// <param name="port">Where it listens.</param>
    /// <param name="delay">How long a whole answer takes.</param>
    public static async Task RunAsync(int port, TimeSpan delay)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls($"http://127.0.0.1:{port}").ConfigureKestrel(kestrel => kestrel.Limits.MaxRequestBodySize = null);
        await using var app = builder.Build();
        app.MapGet("/alive", () => "yes");
        app.MapPost("/v1/chat/completions", (RequestDelegate)(http => AnswerAsync(http, delay)));
        await app.RunAsync();
    }

    private static async Task AnswerAsync(HttpContext http, TimeSpan delay)
    {
        var (stream, slow) = await ReadAsync(http);
        if (delay > TimeSpan.Zero)
        {
            await Task.Delay(delay);
        }

        if (!stream)
        {
            http.Response.ContentType = "application/json";
            http.Response.ContentLength = Answer.Length;
            await http.Response.BodyWriter.WriteAsync(Answer);
            return;
        }

        http.Response.ContentType = "text/event-stream";
        for (var chunk = 0; chunk < (slow ? int.MaxValue : Chunks); chunk++)
        {
            await http.Response.BodyWriter.WriteAsync(ChunkBytes, http.RequestAborted);
            if (slow)
            {
                await Task.Delay(TimeSpan.FromMilliseconds(ChunkBytes.Length * 10), http.RequestAborted); // 100 bytes a second
            }
        }

        await http.Response.BodyWriter.WriteAsync(LastBytes);
    }

    // All of it is read, as a vendor would; what is looked for stands in its first bytes.
    private static async Task<(bool Stream, bool Slow)> ReadAsync(HttpContext http)
    {
        var reader = http.Request.BodyReader;
        var (stream, slow, first) = (false, false, true);
        while (true)
        {
            var result = await reader.ReadAsync();
            if (first && !result.Buffer.IsEmpty)
            {
                first = false;
                var head = result.Buffer.FirstSpan[..Math.Min(256, result.Buffer.FirstSpan.Length)];
                stream = head.IndexOf("\"stream\":true"u8) >= 0;
                slow = head.IndexOf("trickle"u8) >= 0;
            }

            reader.AdvanceTo(result.Buffer.End);
            if (result.IsCompleted)
            {
                return (stream, slow);
            }
        }
    }

    private static byte[] Bytes(string text) => System.Text.Encoding.UTF8.GetBytes(text.ReplaceLineEndings("\n"));
}
