namespace ChatModels.Api.Errors;

/// <summary>Writes an error in the shape of the surface that was asked: Anthropic's under /v1/messages, OpenAI's elsewhere under /v1, problem details everywhere else.</summary>
internal static class SurfaceErrors
{
    public static bool IsOpenAi(HttpContext http) => http.Request.Path.StartsWithSegments("/v1");

    public static bool IsAnthropic(HttpContext http) => http.Request.Path.StartsWithSegments("/v1/messages");

    public static Task WriteAsync(HttpContext http, string op, string code, string message)
    {
        FailureCode.Set(http, code);
        return IsAnthropic(http)
            ? AnthropicErrors.WriteAsync(http, ErrorMapping.StatusOf(code), message, ErrorMapping.RetryAfterOf(code))
            : IsOpenAi(http)
            ? OpenAiErrors.WriteAsync(http, ErrorMapping.StatusOf(code), code, message, retryAfter: ErrorMapping.RetryAfterOf(code))
            : new RegistryProblem(op, code, message).ExecuteAsync(http);
    }

    /// <summary>Gives a body to an answer that has only a status.</summary>
    public static Task WriteBareAsync(HttpContext http)
    {
        var code = ErrorMapping.CodeOf(http.Response.StatusCode);
        return WriteAsync(http, "http.route", code, Sentence(http, code));
    }

    private static string Sentence(HttpContext http, string code) => code switch
    {
        ErrorCodes.RouteNotFound => "There is nothing at this path. See README, or /openapi/v1.json in development, for the paths there are.",
        ErrorCodes.MethodNotAllowed => $"This path does not take {Known(http.Request.Method)}; it takes {http.Response.Headers.Allow}.",
        ErrorCodes.RequestTooLarge => "The request's body is larger than this path takes.",
        ErrorCodes.UnsupportedMediaType => "Send the body as JSON, with the header 'Content-Type: application/json'.",
        ErrorCodes.InternalError => "Something is broken in this service. Its log has the cause, under the trace id.",
        _ => "The request is malformed.",
    };

    // A method is whatever the caller typed; only those that exist are worth repeating.
    private static string Known(string method) =>
        HttpMethods.IsGet(method) || HttpMethods.IsHead(method) || HttpMethods.IsPost(method) || HttpMethods.IsPut(method)
        || HttpMethods.IsDelete(method) || HttpMethods.IsPatch(method) || HttpMethods.IsOptions(method) ? method : "that method";
}
