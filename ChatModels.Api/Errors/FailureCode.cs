namespace ChatModels.Api.Errors;

/// <summary>The code of the failure that a request was answered with, for whoever tells of it; it is not in every answer's body.</summary>
internal static class FailureCode
{
    private const string Item = "failure.code";

    public static void Set(HttpContext http, string code) => http.Items[Item] = code;

    public static string Of(HttpContext http) => http.Items[Item] as string ?? ErrorMapping.CodeOf(http.Response.StatusCode);
}
