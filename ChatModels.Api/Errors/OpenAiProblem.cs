namespace ChatModels.Api.Errors;

/// <summary>A failure of OpenAI's surface, as the result of a handler.</summary>
internal sealed class OpenAiProblem(string code, string message, string? param = null) : IResult
{
    public string Code => code;

    public Task ExecuteAsync(HttpContext httpContext) =>
        OpenAiErrors.WriteAsync(httpContext, ErrorMapping.StatusOf(code), code, message, param, ErrorMapping.RetryAfterOf(code));
}
