using ChatModels.Api.Errors;
using ChatModels.Api.Wire;
using ChatModels.Batches.Files;
using ChatModels.Telemetry;
using Microsoft.AspNetCore.Http.HttpResults;

namespace ChatModels.Api.Apis;

/// <summary>OpenAI's files: what batches read and write.</summary>
internal static class FilesApi
{
    private const int MostListed = 10_000;

    public static IEndpointRouteBuilder MapFilesApi(this IEndpointRouteBuilder routes)
    {
        var group = routes.MapGroup("/v1/files").WithTags("Files").WithStoreFailures();
        group.MapPost("", UploadAsync).WithName("CreateFile").WithSummary("Uploads a file for a batch").Accepts<FileForm>("multipart/form-data").WithOpenAiErrors(400, 401, 413, 415, 503, 507);
        group.MapGet("", ListAsync).WithName("ListFiles").WithSummary("Files, the newest first").WithOpenAiErrors(400, 401, 503);
        group.MapGet("/{id}", GetAsync).WithName("GetFile").WithSummary("One file").WithOpenAiErrors(401, 404, 503);
        group.MapGet("/{id}/content", DownloadAsync).WithName("DownloadFile").WithSummary("A file's bytes, or a range of them")
            .Produces<string>(StatusCodes.Status200OK, "application/octet-stream").WithOpenAiErrors(401, 404, 503);
        group.MapDelete("/{id}", DeleteAsync).WithName("DeleteFile").WithSummary("Deletes a file; a batch that runs goes on with it").WithOpenAiErrors(401, 404, 409, 503);
        return routes;
    }

    internal static async Task<Results<Ok<FileView>, OpenAiProblem>> UploadAsync(HttpContext http, FileCatalogue files, CancellationToken cancellationToken)
    {
        using var upload = BatchSpans.StartUpload();
        try
        {
            var (file, problem) = await new FileFormReader(http, files).ReadAsync(cancellationToken);
            upload?.EndUpload(file?.Id, file?.Bytes, problem?.Code);
            return file is not null ? TypedResults.Ok(FileView.Of(file)) : problem!;
        }
        catch (Exception exception)
        {
            upload?.EndUpload(null, null, BatchFailures.CodeOf(exception));
            throw;
        }
    }

    internal static async Task<Results<Ok<FileList>, OpenAiProblem>> ListAsync(
        FileCatalogue files, string? after, string? limit, string? order, string? purpose, CancellationToken cancellationToken)
    {
        if (BatchFailures.Limit(limit, MostListed, MostListed) is not { } most)
        {
            return BatchFailures.BadLimit(MostListed);
        }

        if (order is not (null or "asc" or "desc"))
        {
            return new OpenAiProblem(ErrorCodes.InvalidRequest, "'order' must be 'asc' or 'desc'.", "order");
        }

        if (await files.ListAsync(after, most, newestFirst: order is not "asc", purpose, cancellationToken) is not { } page)
        {
            return BatchFailures.BadAfter();
        }

        FileView[] data = [.. page.Files.Select(FileView.Of)];
        return TypedResults.Ok(new FileList { Data = data, FirstId = data.FirstOrDefault()?.Id, LastId = data.LastOrDefault()?.Id, HasMore = page.HasMore });
    }

    internal static async Task<Results<Ok<FileView>, OpenAiProblem>> GetAsync(string id, FileCatalogue files, CancellationToken cancellationToken) =>
        await files.FindAsync(id, cancellationToken) is { } file ? TypedResults.Ok(FileView.Of(file)) : NotFound(id);

    internal static async Task<Results<FileDownload, OpenAiProblem>> DownloadAsync(string id, FileCatalogue files, CancellationToken cancellationToken) =>
        await files.FindAsync(id, cancellationToken) is { } file && await files.OpenAsync(id, cancellationToken) is { } bytes
            ? new FileDownload(TypedResults.Stream(bytes, "application/octet-stream", file.Filename, file.CreatedAt, enableRangeProcessing: true))
            : NotFound(id);

    internal static async Task<Results<Ok<FileDeletedView>, OpenAiProblem>> DeleteAsync(string id, FileCatalogue files, CancellationToken cancellationToken) =>
        await files.DeleteAsync(id, cancellationToken) switch
        {
            FileDeletion.Deleted => TypedResults.Ok(new FileDeletedView(id)),
            FileDeletion.StillMade => new OpenAiProblem(ErrorCodes.FileInUse, "This file's batch is just being finished. Try again in a few seconds.", "id"),
            _ => NotFound(id),
        };

    private static OpenAiProblem NotFound(string id) => new(ErrorCodes.NotFound, $"No such File object: {(id.Length <= 128 ? id : id[..128])}", "id");
}
