namespace ChatModels.Chat;

/// <summary>No answer: the failure as the body.</summary>
internal sealed class FailedReply : ChatReply
{
    private ReadOnlyMemory<byte> _body;

    public FailedReply(ChatFailure failure, in ChatCall call)
    {
        Failure = failure;
        _body = ErrorBody.For(call, failure);
        Length = _body.Length;
    }

    public override bool HoldsRequest => Route.Attempts > 0;

    public override ValueTask<ReadOnlyMemory<byte>> ReadAsync(CancellationToken cancellationToken)
    {
        var body = _body;
        _body = default;
        return ValueTask.FromResult(body);
    }

    public override ValueTask DisposeAsync() => ValueTask.CompletedTask;
}
