using System.Text.Json;
using ChatModels.Chat.Messages;
using ChatModels.Providers;

namespace ChatModels.Chat;

/// <summary>A failure in the error shape of the operation that was asked for, whichever provider it came from.</summary>
internal static class ErrorBody
{
    /// <summary>The object for a failure: the provider's own words where they are passed on, else ours.</summary>
    public static ReadOnlyMemory<byte> For(in ChatCall call, ChatFailure failure) => IsAnthropics(call)
        ? failure.UpstreamBody ?? AnthropicErrorBody.Write(failure.Status, failure.Message, call.RequestId)
        : OpenAIErrorBody.For(failure);

    /// <summary>The same as an event of a stream. The provider's own object may go over several lines, and an event may not: only its words are passed on.</summary>
    public static ReadOnlyMemory<byte> AsEvent(in ChatCall call, ChatFailure failure)
    {
        var said = failure.UpstreamBody is { } body ? UpstreamError.Read(body) : null;
        var message = said?.Message ?? failure.Message;
        return IsAnthropics(call)
            ? AnthropicErrorBody.AsEvent(AnthropicErrorBody.Write(failure.Status, message, call.RequestId))
            : OpenAIErrorBody.AsEvent(failure.Status, said?.Code ?? failure.Code, message, said is null ? failure.Param : said.Param);
    }

    /// <summary>Puts a provider's error into the caller's shape, where it is passed on at all. One that has that shape stays byte for byte.</summary>
    public static ChatFailure InShapeOf(in ChatCall call, ChatFailure failure)
    {
        if (failure.UpstreamBody is not { } body)
        {
            return failure;
        }

        var error = UpstreamError.Read(body);
        var toMessages = IsAnthropics(call);
        return error is null ? failure with { UpstreamBody = null }
            : error.Has(toMessages ? UpstreamError.Shape.Anthropic : UpstreamError.Shape.OpenAI) ? failure
            : failure with
            {
                UpstreamBody = toMessages
                    ? AnthropicErrorBody.Write(failure.Status, error.Message, call.RequestId)
                    : OpenAIErrorBody.Write(failure.Status, error.Code ?? failure.Code, error.Message, error.Param),
            };
    }

    private static bool IsAnthropics(in ChatCall call) => call.Operation is UpstreamOperation.Messages or UpstreamOperation.CountTokens;
}

/// <summary>What a provider's error object says, in either shape.</summary>
internal sealed record UpstreamError(string Message, string? Code, string? Param, UpstreamError.Shape? As)
{
    internal enum Shape
    {
        OpenAI,
        Anthropic,
    }

    public bool Has(Shape shape) => As == shape;

    public static UpstreamError? Read(ReadOnlyMemory<byte> body)
    {
        try
        {
            using var document = JsonDocument.Parse(body);
            var root = document.RootElement;
            return root.ValueKind is JsonValueKind.Object && root.TryGetProperty("error", out var error) && error.ValueKind is JsonValueKind.Object
                && Text(error, "message") is { } message
                ? new UpstreamError(message, Text(error, "code"), Text(error, "param"), ShapeOf(root, error))
                : null;
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException)
        {
            return null;
        }
    }

    private static Shape? ShapeOf(JsonElement root, JsonElement error) =>
        Text(root, "type") == "error" && Text(error, "type") is not null ? Shape.Anthropic
        : Text(error, "type") is not null && error.TryGetProperty("param", out _) && error.TryGetProperty("code", out _) ? Shape.OpenAI
        : null;

    private static string? Text(JsonElement parent, string name) =>
        parent.TryGetProperty(name, out var value) && value.ValueKind is JsonValueKind.String ? value.GetString() : null;
}
