using ChatModels.Api.Conditions;
using ChatModels.Api.Wire;
using ChatModels.Registry;
using Microsoft.AspNetCore.WebUtilities;

namespace ChatModels.Api.Errors;

/// <summary>A failure of the registry's surface, as problem details (RFC 9457) with <c>op</c>, <c>code</c>, <c>traceId</c> and <c>errors[]</c>.</summary>
internal sealed class RegistryProblem(string op, string code, string detail) : IResult, IStatusCodeHttpResult
{
    public const string MediaType = "application/problem+json";

    public string Op { get; } = op;

    public string Code { get; } = code;

    public string Detail { get; } = detail;

    public IReadOnlyList<ValidationIssue> Issues { get; init; } = [];

    public EntityTag? CurrentTag { get; init; }

    public string? Stamp { get; init; }

    public int Status => ErrorMapping.StatusOf(Code);

    int? IStatusCodeHttpResult.StatusCode => Status;

    public static RegistryProblem Of(RegistryFailure failure) => new(failure.Op, failure.Code, failure.Message)
    {
        Issues = failure.Issues,
        CurrentTag = failure.CurrentTag,
        Stamp = failure.Stamp,
    };

    public Task ExecuteAsync(HttpContext httpContext)
    {
        FailureCode.Set(httpContext, Code);
        if (CurrentTag is { } tag)
        {
            EntityTags.Write(httpContext.Response, tag);
        }

        var view = new ProblemView
        {
            Title = ReasonPhrases.GetReasonPhrase(Status),
            Status = Status,
            Detail = Detail,
            Op = Op,
            Code = Code,
            TraceId = RequestIds.TraceIdOf(httpContext),
            Stamp = Stamp,
            Errors = [.. Issues.Select(issue => new ProblemIssue(issue.Path, issue.Message))],
        };
        return ErrorResponse.WriteAsync(httpContext, Status, MediaType, view, HttpJson.Default.ProblemView, ErrorMapping.RetryAfterOf(Code));
    }
}
