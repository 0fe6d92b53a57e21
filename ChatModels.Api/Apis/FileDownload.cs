using ChatModels.Api.Errors;
using Microsoft.AspNetCore.Http.HttpResults;

namespace ChatModels.Api.Apis;

/// <summary>A file's bytes; a range that it does not have is answered as an error of this surface.</summary>
internal sealed class FileDownload(FileStreamHttpResult bytes) : IResult
{
    public async Task ExecuteAsync(HttpContext httpContext)
    {
        await bytes.ExecuteAsync(httpContext);
        if (httpContext.Response is { StatusCode: StatusCodes.Status416RangeNotSatisfiable, HasStarted: false })
        {
            await new OpenAiProblem(ErrorCodes.RangeNotSatisfiable, "The file does not have the bytes that the header 'Range' asks for.").ExecuteAsync(httpContext);
        }
    }
}
