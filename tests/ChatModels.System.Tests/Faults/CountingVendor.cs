using System.Buffers.Text;
using System.Net;
using System.Text;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Server.Kestrel.Core;

namespace ChatModels.System.Tests.Faults;

/// <summary>A vendor that costs little and counts how often each line of a batch was asked for. Every <see cref="RefusedEvery"/>th line it refuses.</summary>
internal sealed class CountingVendor : IAsyncDisposable
{
    public const int RefusedEvery = 97;
    private const int MostRead = 4096;
    private static readonly TimeSpan Thinks = TimeSpan.FromMilliseconds(15);
    private static readonly byte[] Answer =
        """{"id":"chatcmpl-1","object":"chat.completion","created":1,"model":"x","choices":[{"index":0,"message":{"role":"assistant","content":"Done."},"finish_reason":"stop"}]}"""u8.ToArray();
    private static readonly byte[] Refusal = """{"error":{"message":"Not this one.","type":"invalid_request_error","param":null,"code":null}}"""u8.ToArray();

    private readonly WebApplication _app;
    private readonly int[] _calls;
    private int _asked;
    private int _repeated;

    private CountingVendor(WebApplication app, int lines) => (_app, _calls) = (app, new int[lines]);

    public string Endpoint => $"{_app.Urls.Single()}/v1";

    /// <summary>How many lines were asked for at least once.</summary>
    public int Asked => Volatile.Read(ref _asked);

    /// <summary>How many calls were for a line that had been asked for before.</summary>
    public int Repeated => Volatile.Read(ref _repeated);

    public static string IdOf(int line) => $"line-{line}.";

    public static bool Refuses(int line) => line % RefusedEvery == 0;

    public static async Task<CountingVendor> StartAsync(int lines, CancellationToken cancellationToken)
    {
        var builder = WebApplication.CreateEmptyBuilder(new());
        builder.WebHost.UseKestrelCore().ConfigureKestrel(kestrel => kestrel.Listen(IPAddress.Loopback, 0, listen => listen.Protocols = HttpProtocols.Http1));
        var vendor = new CountingVendor(builder.Build(), lines);
        vendor._app.Run(vendor.AnswerAsync);
        await vendor._app.StartAsync(cancellationToken);
        return vendor;
    }

    public ValueTask DisposeAsync() => _app.DisposeAsync();

    private async Task AnswerAsync(HttpContext context)
    {
        var buffer = new byte[MostRead];
        var read = await context.Request.Body.ReadAtLeastAsync(buffer, buffer.Length, throwOnEndOfStream: false, context.RequestAborted);
        var line = LineOf(buffer.AsSpan(0, read));
        Interlocked.Increment(ref Interlocked.Increment(ref _calls[line]) == 1 ? ref _asked : ref _repeated);
        await Task.Delay(Thinks, context.RequestAborted);
        var (status, body) = Refuses(line) ? (400, Refusal) : (200, Answer);
        context.Response.StatusCode = status;
        context.Response.ContentType = "application/json";
        context.Response.ContentLength = body.Length;
        await context.Response.Body.WriteAsync(body, context.RequestAborted);
    }

    private static int LineOf(ReadOnlySpan<byte> body)
    {
        var digits = body[(body.IndexOf("line-"u8) + 5)..];
        return Utf8Parser.TryParse(digits, out int line, out _) ? line : throw new InvalidOperationException($"That is no line of the batch: {Encoding.UTF8.GetString(body)}");
    }
}
