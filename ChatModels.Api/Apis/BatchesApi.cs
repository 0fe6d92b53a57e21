using ChatModels.Api.Errors;
using ChatModels.Api.Wire;
using ChatModels.Batches;
using Microsoft.AspNetCore.Http.HttpResults;

namespace ChatModels.Api.Apis;

/// <summary>OpenAI's batches, run by this product's own workers on any model of the registry.</summary>
internal static class BatchesApi
{
    private const int MostListed = 100;
    private const int UsuallyListed = 20;

    public static IEndpointRouteBuilder MapBatchesApi(this IEndpointRouteBuilder routes)
    {
        var group = routes.MapGroup("/v1/batches").WithTags("Batches").WithStoreFailures();
        group.MapPost("", CreateAsync).WithName("CreateBatch").WithSummary("Creates a batch from an uploaded file").Accepts<BatchInput>("application/json").WithOpenAiErrors(400, 401, 413, 415, 429, 503, 507);
        group.MapGet("", ListAsync).WithName("ListBatches").WithSummary("Batches, the newest first").WithOpenAiErrors(400, 401, 503);
        group.MapGet("/{id}", GetAsync).WithName("GetBatch").WithSummary("One batch").WithOpenAiErrors(401, 404, 503);
        group.MapPost("/{id}/cancel", CancelAsync).WithName("CancelBatch").WithSummary("Cancels a batch; lines that are done are kept").WithOpenAiErrors(401, 404, 409, 503);
        group.MapGet("/{id}/events", WatchAsync).WithName("WatchBatch").WithSummary("How far a batch is, as server-sent events, until its end")
            .Produces<string>(StatusCodes.Status200OK, "text/event-stream").WithOpenAiErrors(401, 404, 503);
        return routes;
    }

    internal static async Task<Results<Ok<BatchView>, OpenAiProblem>> CreateAsync(HttpContext http, BatchCatalogue batches, CancellationToken cancellationToken)
    {
        var (request, problem) = await BatchInputReader.ReadAsync(http.Request, cancellationToken);
        if (request is null)
        {
            return problem!;
        }

        var creation = await batches.CreateAsync(request, cancellationToken);
        return creation.Refusal switch
        {
            null => TypedResults.Ok(BatchView.Of(new BatchProgress(creation.Batch!, 0, 0, 0))),
            BatchRefusal.NoSuchFile => new OpenAiProblem(ErrorCodes.InvalidRequest, "There is no file of this id, or it has expired; upload one with the purpose 'batch'.", "input_file_id"),
            BatchRefusal.WrongPurpose => new OpenAiProblem(ErrorCodes.InvalidRequest, "This file is not for batches; upload one with the purpose 'batch'.", "input_file_id"),
            BatchRefusal.NoRoom => new OpenAiProblem(ErrorCodes.FileStorageFull, "There is no room for this batch's results; delete files, or raise ChatModels:Files:MaxBytes."),
            _ => new OpenAiProblem(ErrorCodes.TooManyBatches, "Too many batches are unfinished; wait until some have ended, or raise ChatModels:Batches:MaxOpen."),
        };
    }

    internal static async Task<Results<Ok<BatchList>, OpenAiProblem>> ListAsync(BatchCatalogue batches, string? after, string? limit, CancellationToken cancellationToken)
    {
        if (BatchFailures.Limit(limit, MostListed, UsuallyListed) is not { } most)
        {
            return BatchFailures.BadLimit(MostListed);
        }

        if (await batches.ListAsync(after, most, cancellationToken) is not { } page)
        {
            return BatchFailures.BadAfter();
        }

        BatchView[] data = [.. page.Batches.Select(BatchView.Of)];
        return TypedResults.Ok(new BatchList { Data = data, FirstId = data.FirstOrDefault()?.Id, LastId = data.LastOrDefault()?.Id, HasMore = page.HasMore });
    }

    internal static async Task<Results<Ok<BatchView>, OpenAiProblem>> GetAsync(string id, BatchCatalogue batches, CancellationToken cancellationToken) =>
        await batches.FindAsync(id, cancellationToken) is { } batch ? TypedResults.Ok(BatchView.Of(batch)) : NotFound(id);

    internal static async Task<Results<Ok<BatchView>, OpenAiProblem>> CancelAsync(string id, BatchCatalogue batches, CancellationToken cancellationToken)
    {
        if (await batches.FindAsync(id, cancellationToken) is not { } before)
        {
            return NotFound(id);
        }

        var batch = before.State.IsFinal ? before : await batches.CancelAsync(id, cancellationToken) ?? before;
        return batch.State is { Closing.How: BatchClosing.Cancelled } && !before.State.IsFinal
            ? TypedResults.Ok(BatchView.Of(batch))
            : new OpenAiProblem(ErrorCodes.BatchNotCancellable, $"Cannot cancel a batch with status '{batch.State.Status.Name()}'.");
    }

    internal static async Task<Results<BatchEventStream, OpenAiProblem>> WatchAsync(
        string id, BatchCatalogue batches, TimeProvider time, IHostApplicationLifetime lifetime, CancellationToken cancellationToken) =>
        await batches.FindAsync(id, cancellationToken) is { } batch ? new BatchEventStream(batches, batch, time, lifetime.ApplicationStopping) : NotFound(id);

    private static OpenAiProblem NotFound(string id) => new(ErrorCodes.NotFound, $"No such Batch object: {(id.Length <= 128 ? id : id[..128])}", "id");
}
