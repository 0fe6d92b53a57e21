using ChatModels.Chat;
using ChatModels.Chat.Health;
using Xunit;

namespace ChatModels.Tests.Chat.Health;

public sealed class AttemptEffectTests
{
    [Theory]
    [InlineData(ErrorCodes.NotTranslatable)]
    [InlineData(ErrorCodes.OperationNotSupported)]
    [InlineData(ErrorCodes.InvalidRequest)]
    public void ARequestThatWasNeverSent_SaysNothingOfTheDeployment(string code) =>
        Assert.Equal(AttemptEffect.None, UpstreamErrors.EffectOf(new ChatFailure(code, 400, "It can't be said there.")));
}
