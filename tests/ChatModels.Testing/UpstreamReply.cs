using System.Text;
using System.Text.Json;
using Microsoft.AspNetCore.Http;

namespace ChatModels.Testing;

/// <summary>Ready-made behaviours of a <see cref="FakeUpstream"/> that answer at once; streams are in <see cref="UpstreamStreaming"/>.</summary>
public static class UpstreamReply
{
    public const int PromptTokens = 11;
    public const int CompletionTokens = 7;

    private static readonly object AbortedKey = new();

    /// <summary>What a vendor does: a completion, or a stream of its words when the request says so.</summary>
    public static UpstreamHandler Auto(string text) => Either(Completion(text), UpstreamStreaming.Of(Words(text)));

    public static UpstreamHandler Completion(string text) => (context, body) => WriteJsonAsync(context, 200, new
    {
        id = "chatcmpl-fake",
        @object = "chat.completion",
        created = 1_700_000_000,
        model = ModelOf(body),
        choices = new[] { new { index = 0, message = new { role = "assistant", content = text }, finish_reason = "stop" } },
        usage = Usage,
    });

    /// <summary>Any status with any JSON text.</summary>
    public static UpstreamHandler Json(string json, int status = 200) => (context, _) => WriteAsync(context, status, "application/json", json);

    /// <summary>An error in OpenAI's shape, with the type and code that OpenAI gives to that status unless told otherwise.</summary>
    public static UpstreamHandler Error(int status, string? code = null, string? message = null, int? retryAfterSeconds = null) => (context, _) =>
    {
        if (retryAfterSeconds is { } seconds)
        {
            context.Response.Headers.RetryAfter = $"{seconds}";
        }

        return WriteErrorAsync(context, status, code, message);
    };

    /// <summary>What a load balancer in front of a vendor says.</summary>
    public static UpstreamHandler NonJsonError(int status = 502) => (context, _) =>
        WriteAsync(context, status, "text/html", "<html><body><h1>Bad Gateway</h1></body></html>");

    /// <summary>Resets the connection without an answer.</summary>
    public static UpstreamHandler Abort() => (context, _) =>
    {
        AbortConnection(context);
        return Task.CompletedTask;
    };

    /// <summary>Never answers; ends when the caller goes away or the upstream is disposed.</summary>
    public static UpstreamHandler HangBeforeHeaders() => (context, _) => HangAsync(context);

    /// <summary>Sends the headers of a whole answer and then nothing.</summary>
    public static UpstreamHandler HangAfterHeaders() => async (context, _) =>
    {
        await StartJsonAsync(context, length: 100);
        await HangAsync(context);
    };

    /// <summary>Breaks the connection in the middle of a whole answer, whose length was announced.</summary>
    public static UpstreamHandler CutMidBody() => async (context, _) =>
    {
        await StartJsonAsync(context, length: 100);
        await context.Response.Body.WriteAsync("{\"id\":\"chatcmpl-fake\","u8.ToArray(), context.RequestAborted);
        await context.Response.Body.FlushAsync(context.RequestAborted);
        AbortConnection(context);
    };

    /// <summary>Breaks the connection after so many bytes of an answer of twice the length.</summary>
    public static UpstreamHandler CutAfter(int bytes, bool isLengthKnown) => async (context, _) =>
    {
        context.Response.ContentType = "application/json";
        context.Response.ContentLength = isLengthKnown ? bytes * 2L : null;
        await context.Response.Body.WriteAsync("{\"choices\":[{\"message\":{\"content\":\""u8.ToArray(), context.RequestAborted);
        var text = new byte[bytes];
        text.AsSpan().Fill((byte)'x');
        await context.Response.Body.WriteAsync(text, context.RequestAborted);
        throw new UpstreamCutException();
    };

    /// <summary>One behaviour for whole answers, another for streams.</summary>
    public static UpstreamHandler Either(UpstreamHandler whole, UpstreamHandler stream) => (context, body) =>
        (body.RootElement.TryGetProperty("stream", out var asked) && asked.ValueKind is JsonValueKind.True ? stream : whole)(context, body);

    /// <summary>Answers only once the gate completes.</summary>
    public static UpstreamHandler After(Task gate, UpstreamHandler then) => async (context, body) =>
    {
        await gate.WaitAsync(context.RequestAborted);
        await then(context, body);
    };

    /// <summary>The first requests get the behaviours in their order, all later ones the last.</summary>
    public static UpstreamHandler InTurn(params UpstreamHandler[] behaviours)
    {
        var next = -1;
        return (context, body) => behaviours[Math.Min(Interlocked.Increment(ref next), behaviours.Length - 1)](context, body);
    }

    public static Task WriteErrorAsync(HttpContext context, int status, string? code = null, string? message = null)
    {
        var (type, usualCode) = UsualError(status);
        return WriteJsonAsync(context, status, new
        {
            error = new { message = message ?? $"The upstream answers {status}.", type, param = (string?)null, code = code ?? usualCode },
        });
    }

    internal static object Usage { get; } = new
    {
        prompt_tokens = PromptTokens,
        completion_tokens = CompletionTokens,
        total_tokens = PromptTokens + CompletionTokens,
    };

    internal static string ModelOf(JsonDocument body) => body.RootElement.TryGetProperty("model", out var model) ? model.ToString() : "";

    internal static bool WasAbortedByUpstream(HttpContext context) => context.Items.ContainsKey(AbortedKey);

    internal static void AbortConnection(HttpContext context)
    {
        context.Items[AbortedKey] = true;
        context.Abort();
    }

    internal static async Task HangAsync(HttpContext context) => await Task.Delay(Timeout.InfiniteTimeSpan, context.RequestAborted);

    private static async Task StartJsonAsync(HttpContext context, int length)
    {
        context.Response.ContentType = "application/json";
        context.Response.ContentLength = length;
        await context.Response.StartAsync(context.RequestAborted);
        await context.Response.Body.FlushAsync(context.RequestAborted);
    }

    private static string[] Words(string text) => [.. text.Split(' ').Select((word, index) => index == 0 ? word : $" {word}")];

    private static (string Type, string? Code) UsualError(int status) => status switch
    {
        401 => ("invalid_request_error", "invalid_api_key"),
        404 => ("invalid_request_error", "model_not_found"),
        429 => ("requests", "rate_limit_exceeded"),
        529 => ("overloaded_error", null),
        >= 500 => ("server_error", null),
        _ => ("invalid_request_error", null),
    };

    private static Task WriteJsonAsync(HttpContext context, int status, object value) =>
        WriteAsync(context, status, "application/json", JsonSerializer.Serialize(value));

    private static async Task WriteAsync(HttpContext context, int status, string contentType, string text)
    {
        var bytes = Encoding.UTF8.GetBytes(text);
        context.Response.StatusCode = status;
        context.Response.ContentType = contentType;
        context.Response.ContentLength = bytes.Length;
        await context.Response.Body.WriteAsync(bytes, context.RequestAborted);
    }
}
