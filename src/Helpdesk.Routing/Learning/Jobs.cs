using Helpdesk.Routing.Spam;
using Quartz;

namespace Helpdesk.Routing.Learning;

/// <summary>Wakes the count of topics.</summary>
[DisallowConcurrentExecution]
public sealed class CountTopicsJob(TopicCount count) : IJob
{
    public async ValueTask Execute(IJobExecutionContext context, CancellationToken cancellationToken = default) =>
        await count.RunAsync(cancellationToken);
}

/// <summary>Wakes the learning of spam.</summary>
[DisallowConcurrentExecution]
public sealed class LearnSpamJob(SpamLearning learning) : IJob
{
    public async ValueTask Execute(IJobExecutionContext context, CancellationToken cancellationToken = default) =>
        await learning.RefreshAsync(cancellationToken);
}

/// <summary>Wakes the training of models.</summary>
[DisallowConcurrentExecution]
public sealed class RefreshModelsJob(ModelTraining training, LabelShiftBook shifts) : IJob
{
    public async ValueTask Execute(IJobExecutionContext context, CancellationToken cancellationToken = default)
    {
        await shifts.RemindAsync(cancellationToken);
        await training.RefreshAsync(cancellationToken);
    }
}
