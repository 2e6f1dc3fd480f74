import { projectPreviewCard } from '#cards/projects/import-preview.card';
import { projectCard } from '#cards/projects/project.card';
import { taskFormCard } from '#cards/projects/task-form.card';
import { projectTasksCard } from '#cards/projects/tasks.card';
import { defineFeature } from '#core/feature';
import { projectImportMachine } from '#domain/projects/model';
import { onConfirmProject, projectImporter } from './import.ts';
import { onClosePart, onOpenProject, projectTasks, projectTopic } from './show.ts';
import { onFinishTask, onHalfTask, onOpenTaskForm, onOpenTasks, onReportTask } from './tasks.ts';

/** 项目 — a tree of parts, items and tasks (7-60-178), one owner to each task, progress rolled up from below. */
export const projects = defineFeature({
  name: 'projects',
  title: '项目',
  cards: [projectPreviewCard, projectCard, projectTasksCard, taskFormCard],
  actions: [onConfirmProject, onOpenProject, onClosePart, onFinishTask, onHalfTask, onOpenTaskForm, onOpenTasks, onReportTask],
  commands: [projectTasks],
  imports: [projectImporter],
  topic: projectTopic,
  machines: { 项目导入: projectImportMachine },
});
