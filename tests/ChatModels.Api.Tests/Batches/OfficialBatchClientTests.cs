using System.ClientModel;
using System.ClientModel.Primitives;
using System.Text.Json;
using ChatModels.Api.Tests.Hosting;
using ChatModels.Testing;
using OpenAI;
using OpenAI.Batch;
using OpenAI.Files;
using Xunit;

#pragma warning disable OPENAI001 // The official client calls its batches experimental; they are what its users have.

namespace ChatModels.Api.Tests.Batches;

/// <summary>OpenAI's own .NET client: upload, create, poll, download, cancel.</summary>
public sealed class OfficialBatchClientTests(ApiFixture fixture)
{
    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    private OpenAIClientOptions Options => new() { Endpoint = new Uri(fixture.Api.Address, "/v1"), RetryPolicy = new ClientRetryPolicy(maxRetries: 0) };

    [Fact]
    public async Task ABatch_FromUploadToDownload()
    {
        var files = new OpenAIFileClient(new ApiKeyCredential("any"), Options);
        var batches = new BatchClient(new ApiKeyCredential("any"), new BatchClientOptions { Endpoint = Options.Endpoint, RetryPolicy = Options.RetryPolicy });
        OpenAIFile input = await files.UploadFileAsync(BinaryData.FromString(BatchFixture.Lines("sim-fast", 12)), "input.jsonl", FileUploadPurpose.Batch);
        Assert.Equal(FilePurpose.Batch, input.Purpose);

        var creation = await batches.CreateBatchAsync(
            BinaryContent.Create(BinaryData.FromObjectAsJson(new { input_file_id = input.Id, endpoint = "/v1/chat/completions", completion_window = "24h" })), waitUntilCompleted: false);
        JsonElement batch = default;
        await WaitUntil.TrueAsync(async token =>
        {
            var response = await batches.GetBatchAsync(creation.BatchId, new RequestOptions { CancellationToken = token });
            batch = JsonElement.Parse(response.GetRawResponse().Content.ToMemory().Span);
            return batch.GetProperty("status").GetString() == "completed";
        }, "a completed batch", TimeSpan.FromSeconds(30), Cancelled);

        BinaryData output = await files.DownloadFileAsync(batch.GetProperty("output_file_id").GetString()!, Cancelled);
        Assert.Equal(12, output.ToString().Split('\n', StringSplitOptions.RemoveEmptyEntries).Length);
        OpenAIFile result = await files.GetFileAsync(batch.GetProperty("output_file_id").GetString()!, Cancelled);
        Assert.Equal(FilePurpose.BatchOutput, result.Purpose);
        FileDeletionResult deletion = await files.DeleteFileAsync(input.Id, Cancelled);
        Assert.True(deletion.Deleted);
    }

    [Fact]
    public async Task ABatch_IsCancelled()
    {
        var files = new OpenAIFileClient(new ApiKeyCredential("any"), Options);
        var batches = new BatchClient(new ApiKeyCredential("any"), new BatchClientOptions { Endpoint = Options.Endpoint, RetryPolicy = Options.RetryPolicy });
        OpenAIFile input = await files.UploadFileAsync(BinaryData.FromString(BatchFixture.Lines("sim-slow", 2000)), "input.jsonl", FileUploadPurpose.Batch);
        var creation = await batches.CreateBatchAsync(
            BinaryContent.Create(BinaryData.FromObjectAsJson(new { input_file_id = input.Id, endpoint = "/v1/chat/completions", completion_window = "24h" })), waitUntilCompleted: false);

        await creation.CancelAsync(new RequestOptions { CancellationToken = Cancelled });

        await WaitUntil.TrueAsync(async token =>
        {
            var response = await batches.GetBatchAsync(creation.BatchId, new RequestOptions { CancellationToken = token });
            return JsonElement.Parse(response.GetRawResponse().Content.ToMemory().Span).GetProperty("status").GetString() == "cancelled";
        }, "a cancelled batch", TimeSpan.FromSeconds(40), Cancelled);
    }
}
