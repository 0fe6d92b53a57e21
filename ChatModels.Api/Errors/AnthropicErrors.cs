using ChatModels.Chat.Messages;

namespace ChatModels.Api.Errors;

/// <summary>Writes errors as Anthropic's clients read them.</summary>
internal static class AnthropicErrors
{
    public static Task WriteAsync(HttpContext http, int status, string message, TimeSpan? retryAfter = null) =>
        ErrorResponse.WriteAsync(http, status, "application/json", AnthropicErrorBody.Write(status, message, RequestIds.Of(http)), retryAfter);
}
