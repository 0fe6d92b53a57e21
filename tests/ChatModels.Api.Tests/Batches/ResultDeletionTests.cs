using System.Text;
using ChatModels.Api.Apis;
using ChatModels.Api.Errors;
using ChatModels.Api.Wire;
using ChatModels.Batches;
using ChatModels.Batches.Files;
using ChatModels.Batches.Stores;
using ChatModels.Registry;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.Extensions.Options;
using Xunit;

namespace ChatModels.Api.Tests.Batches;

public sealed class ResultDeletionTests
{
    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    [Fact]
    public async Task ABatchsResult_CanBeDeleted_OnceTheBatchIsClosed()
    {
        await using var store = new InMemoryBatchStore(TimeProvider.System);
        var options = Options.Create(new FileStoreOptions());
        var files = new FileCatalogue(store, new InMemoryFileStore(options.Value.Capacity, TimeProvider.System), options, TimeProvider.System, new Chance(Random.Shared));
        await store.AddAsync(RecordKind.Batch, new CatalogueEntry("batch_1", DateTimeOffset.UnixEpoch, null, """{"id":"batch_1","input_file":"file-in"}"""u8.ToArray()), Cancelled);
        var result = new FileRecord { Id = BatchIds.OutputFile("batch_1"), Bytes = 1, CreatedAt = DateTimeOffset.UnixEpoch, Filename = "batch_1_output.jsonl", Purpose = FilePurposes.BatchOutput };
        Assert.True(await files.AddResultAsync("batch_1", result, Cancelled));

        var http = new DefaultHttpContext { Request = { Path = "/v1/files/x" }, Response = { Body = new MemoryStream() } };
        var refused = Assert.IsType<OpenAiProblem>((await FilesApi.DeleteAsync(result.Id, files, Cancelled)).Result);
        await refused.ExecuteAsync(http);
        Assert.Equal(409, http.Response.StatusCode);
        Assert.Contains("\"file_in_use\"", Encoding.UTF8.GetString(((MemoryStream)http.Response.Body).ToArray()), StringComparison.Ordinal);
        Assert.NotNull(await files.FindAsync(result.Id, Cancelled));

        await store.CloseAsync("batch_1", Cancelled);
        Assert.IsType<Ok<FileDeletedView>>((await FilesApi.DeleteAsync(result.Id, files, Cancelled)).Result);
        Assert.Null(await files.FindAsync(result.Id, Cancelled));
        Assert.False(await files.AddResultAsync("batch_1", result, Cancelled));
    }
}
