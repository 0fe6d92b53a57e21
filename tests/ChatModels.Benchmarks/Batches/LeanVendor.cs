using System.Diagnostics;
using System.Net;
using System.Security.Cryptography;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Server.Kestrel.Core;

namespace ChatModels.Benchmarks.Batches;

/// <summary>A vendor that costs as little as can be: reads a request, waits, and answers always the same.</summary>
internal sealed class LeanVendor : IAsyncDisposable
{
    private const int MostRead = 8 * 1024;
    private static readonly byte[] Answer =
        """{"id":"chatcmpl-1","object":"chat.completion","created":1700000000,"model":"x","choices":[{"index":0,"message":{"role":"assistant","content":"Done."},"finish_reason":"stop"}],"usage":{"prompt_tokens":1000,"completion_tokens":2,"total_tokens":1002}}"""u8.ToArray();

    private readonly WebApplication _app;
    private readonly HashSet<UInt128> _seen = [];
    private int _calls;

    private LeanVendor(WebApplication app) => _app = app;

    public string Endpoint => $"{_app.Urls.Single()}/v1";

    public TimeSpan Wait { get; set; }

    /// <summary>How many calls came since <see cref="Reset"/>.</summary>
    public int Calls => Volatile.Read(ref _calls);

    /// <summary>When the first call came since <see cref="Reset"/>; 0 before.</summary>
    public long FirstAt { get; private set; }

    /// <summary>When a call came that had come before; 0 before. Only while <see cref="Compares"/>.</summary>
    public long RepeatedAt { get; private set; }

    /// <summary>Whether calls are compared with those before, which costs.</summary>
    public bool Compares { get; set; }

    public static async Task<LeanVendor> StartAsync()
    {
        var builder = WebApplication.CreateEmptyBuilder(new());
        builder.WebHost.UseKestrelCore().ConfigureKestrel(kestrel =>
        {
            kestrel.AddServerHeader = false;
            kestrel.Listen(IPAddress.Loopback, 0, listen => listen.Protocols = HttpProtocols.Http1);
        });
        var vendor = new LeanVendor(builder.Build());
        vendor._app.Run(vendor.AnswerAsync);
        await vendor._app.StartAsync();
        return vendor;
    }

    public void Reset() => (FirstAt, RepeatedAt, _calls) = (0, 0, 0);

    public ValueTask DisposeAsync() => _app.DisposeAsync();

    private async Task AnswerAsync(HttpContext context)
    {
        Interlocked.Increment(ref _calls);
        FirstAt = FirstAt == 0 ? Stopwatch.GetTimestamp() : FirstAt;
        var buffer = new byte[MostRead];
        var read = await context.Request.Body.ReadAtLeastAsync(buffer, buffer.Length, throwOnEndOfStream: false);
        if (Compares)
        {
            Compare(buffer.AsSpan(0, read));
        }

        if (Wait > TimeSpan.Zero)
        {
            await Task.Delay(Wait);
        }

        context.Response.ContentType = "application/json";
        context.Response.ContentLength = Answer.Length;
        await context.Response.Body.WriteAsync(Answer);
    }

    private void Compare(ReadOnlySpan<byte> body)
    {
        Span<byte> hash = stackalloc byte[SHA256.HashSizeInBytes];
        SHA256.HashData(body, hash);
        lock (_seen)
        {
            if (!_seen.Add(System.Runtime.InteropServices.MemoryMarshal.Read<UInt128>(hash)) && RepeatedAt == 0)
            {
                RepeatedAt = Stopwatch.GetTimestamp();
            }
        }
    }
}
