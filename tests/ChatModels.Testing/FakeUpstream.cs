using System.Net;
using System.Text.Json;
using System.Threading.Channels;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace ChatModels.Testing;

/// <summary>Answers one request; <paramref name="body"/> is the parsed request body.</summary>
public delegate Task UpstreamHandler(HttpContext context, JsonDocument body);

/// <summary>A vendor on 127.0.0.1: a real HTTP/1.1 server that behaves as the test scripts it.</summary>
public sealed class FakeUpstream : IAsyncDisposable
{
    private readonly WebApplication _app;
    private readonly Lock _lock = new();
    private readonly List<UpstreamRequest> _requests = [];
    private readonly Channel<UpstreamRequest> _arrivals = Channel.CreateUnbounded<UpstreamRequest>();

    private FakeUpstream(WebApplication app) => _app = app;

    /// <summary>Where nobody listens: connections are refused.</summary>
    public static Uri Refusing() => new($"http://127.0.0.1:{FreePort.Next()}/v1");

    /// <summary>The endpoint to configure: http://127.0.0.1:PORT/v1.</summary>
    public Uri Endpoint => new($"{_app.Urls.Single()}/v1");

    /// <summary>The endpoint to configure for Anthropic's protocol, whose paths bring their own /v1.</summary>
    public Uri Root => new(_app.Urls.Single());

    /// <summary>Every POST whose path ends in /chat/completions or /messages; may be exchanged at any time.</summary>
    public UpstreamHandler OnChat { get; set; } = UpstreamReply.Auto("Hello from upstream.");

    /// <summary>Every other request; the body is null where it is not JSON.</summary>
    public Func<HttpContext, JsonDocument?, Task> OnOther { get; set; } = (context, _) => UpstreamReply.WriteErrorAsync(context, 404);

    /// <summary>Takes every request in the place of all that, before it is read; nothing of it is kept.</summary>
    public RequestDelegate? OnUnread { get; set; }

    /// <summary>All requests so far, in the order of their arrival.</summary>
    public IReadOnlyList<UpstreamRequest> Requests
    {
        get
        {
            lock (_lock)
            {
                return [.. _requests];
            }
        }
    }

    public static async Task<FakeUpstream> StartAsync(UpstreamHandler? onChat = null, CancellationToken cancellationToken = default)
    {
        var builder = WebApplication.CreateEmptyBuilder(new());
        builder.WebHost.UseKestrelCore().ConfigureKestrel(kestrel =>
        {
            kestrel.AddServerHeader = false;
            kestrel.Limits.MaxRequestBodySize = null;
            kestrel.Listen(IPAddress.Loopback, 0, listen => listen.Protocols = HttpProtocols.Http1);
        });
        builder.Services.Configure<HostOptions>(host => host.ShutdownTimeout = TimeSpan.FromMilliseconds(100));
        var upstream = new FakeUpstream(builder.Build());
        upstream.OnChat = onChat ?? upstream.OnChat;
        upstream._app.Run(upstream.AnswerAsync);
        await upstream._app.StartAsync(cancellationToken);
        return upstream;
    }

    /// <summary>The next request that no call of this method has returned yet.</summary>
    public async Task<UpstreamRequest> NextRequestAsync(CancellationToken cancellationToken = default)
    {
        var next = _arrivals.Reader.ReadAsync(cancellationToken).AsTask();
        await WaitUntil.SignalAsync(next, $"a request at {Endpoint}", cancellationToken: cancellationToken);
        return await next;
    }

    public async ValueTask DisposeAsync() => await _app.DisposeAsync();

    private async Task AnswerAsync(HttpContext context)
    {
        if (OnUnread is { } onUnread)
        {
            await onUnread(context);
            return;
        }

        var request = await ReadAsync(context.Request, context.RequestAborted);
        Record(request);
        using var cancelled = context.RequestAborted.Register(() => NoteCancelled(context, request));
        try
        {
            await DispatchAsync(context, request);
        }
        catch (OperationCanceledException) when (context.RequestAborted.IsCancellationRequested)
        {
            // The behaviour's own wait may end before the registration is called, and take it away.
            NoteCancelled(context, request);
        }
        finally
        {
            request.MarkEnded();
        }
    }

    private static void NoteCancelled(HttpContext context, UpstreamRequest request)
    {
        if (!UpstreamReply.WasAbortedByUpstream(context))
        {
            request.MarkCancelled();
        }
    }

    private async Task DispatchAsync(HttpContext context, UpstreamRequest request)
    {
        using var body = ParseOrNull(request.Body);
        var isChat = request.Method == "POST" && (context.Request.Path.Value!.EndsWith("/chat/completions", StringComparison.Ordinal)
            || context.Request.Path.Value.EndsWith("/messages", StringComparison.Ordinal));
        if (!isChat)
        {
            await OnOther(context, body);
        }
        else if (body is null)
        {
            await UpstreamReply.WriteErrorAsync(context, 400, "invalid_json", "We could not parse the JSON body of your request.");
        }
        else
        {
            await OnChat(context, body);
        }
    }

    private void Record(UpstreamRequest request)
    {
        lock (_lock)
        {
            _requests.Add(request);
        }

        _arrivals.Writer.TryWrite(request);
    }

    private static async Task<UpstreamRequest> ReadAsync(HttpRequest request, CancellationToken cancellationToken)
    {
        using var body = new MemoryStream();
        await request.Body.CopyToAsync(body, cancellationToken);
        return new UpstreamRequest
        {
            Method = request.Method,
            Path = request.Path.ToUriComponent() + request.QueryString.ToUriComponent(),
            Headers = request.Headers.ToDictionary(header => header.Key, header => header.Value.ToString(), StringComparer.OrdinalIgnoreCase),
            Body = body.ToArray(),
        };
    }

    private static JsonDocument? ParseOrNull(byte[] body)
    {
        try
        {
            return JsonDocument.Parse(body, new JsonDocumentOptions { MaxDepth = 512 });
        }
        catch (JsonException)
        {
            return null;
        }
    }
}
