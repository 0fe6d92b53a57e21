using ChatModels.Chat;

namespace ChatModels.Api.Errors;

/// <summary>Writes errors as OpenAI's clients read them.</summary>
internal static class OpenAiErrors
{
    public static Task WriteAsync(HttpContext http, int status, string code, string message, string? param = null, TimeSpan? retryAfter = null)
    {
        FailureCode.Set(http, code);
        return ErrorResponse.WriteAsync(http, status, "application/json", OpenAIErrorBody.Write(status, code, message, param), retryAfter);
    }
}
